package dev.tidemark.wire;

/**
 * The WebSocket close codes of the protocol. Codes for "come back" and codes for "stop" share no
 * number.
 */
public final class CloseCode {
  /** An agreed end. Stop. */
  public static final int NORMAL = 1000;

  /**
   * The client's message was over {@code max_payload}. Stop: the same message would end the same
   * way.
   */
  public static final int TOO_LARGE = 1009;

  /** An internal failure. Come back. */
  public static final int INTERNAL = 1011;

  /** This node restarts or drains. Come back. */
  public static final int RESTARTING = 1012;

  /** The client is too fast, or too slow. Come back later. */
  public static final int TRY_LATER = 1013;

  /** The credentials are missing, expired or revoked. Stop until there are new ones. */
  public static final int CREDENTIALS = 4001;

  /** Nothing was heard from the client for too long, or no join. Come back. */
  public static final int SILENT = 4002;

  /** The session is not shared any more, or the role is lost. Stop. */
  public static final int NOT_ALLOWED = 4003;

  /** Too many bad frames: the client is broken. Stop. */
  public static final int BAD_FRAMES = 4028;

  /** Too many connections or joins. Come back later. */
  public static final int TOO_MANY = 4029;

  private CloseCode() {}

  /**
   * Whether a client that was closed with this code should come back with its cursor. An unknown
   * code (1006 when the cable was cut, a proxy's own) means yes: coming back is harmless, staying
   * away loses events.
   */
  public static boolean comeBack(int code) {
    return switch (code) {
      case NORMAL, TOO_LARGE, CREDENTIALS, NOT_ALLOWED, BAD_FRAMES -> false;
      case 1002, 1003, 1007, 1008, 1010 ->
          false; // RFC 6455: one side breaks the rules, again next time
      default -> true;
    };
  }
}
