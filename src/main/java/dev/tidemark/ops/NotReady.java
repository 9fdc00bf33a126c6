package dev.tidemark.ops;

/**
 * Why a node takes no clients.
 *
 * @param message what callers are told: no address, no version and no name of a role
 * @param reason what operators are told by health and log: the same with its details and its remedy
 */
public record NotReady(String message, String reason) {
  /** A reason without details, the same for everybody. */
  public static NotReady of(String message) {
    return new NotReady(message, message);
  }
}
