package dev.tidemark.wire;

/**
 * The end of the replay: live events follow.
 *
 * @param cursor the cursor of the last event that the client was sent, or its baseline if there was
 *     none
 */
public record ReplayComplete(long cursor) implements ConnectionFrame {
  @Override
  public String encode() {
    return JsonText.frame("replay_complete").number("cursor", cursor).end();
  }
}
