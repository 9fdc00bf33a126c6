package dev.tidemark.wire;

/**
 * The client has caught up; what follows is live.
 *
 * @param cursor the last event that it was given, or its baseline if there was none to give
 */
public record ReplayComplete(long cursor) implements ConnectionFrame {
  @Override
  public String encode() {
    return JsonText.frame("replay_complete").number("cursor", cursor).end();
  }
}
