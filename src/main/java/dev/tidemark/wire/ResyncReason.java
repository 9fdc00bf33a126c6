package dev.tidemark.wire;

/** The reason why a client's cursor cannot be continued and a snapshot follows (R6, R9). */
public enum ResyncReason {
  /** Events after the cursor have left the replay window. */
  BELOW_FLOOR("below_floor"),
  /** The client knows more than the log: a restore, a failover, a session made anew. */
  AHEAD_OF_HEAD("ahead_of_head"),
  /** The cursor belongs to another line of history. */
  EPOCH_CHANGED("epoch_changed"),
  /** The floor overtook a client that was connected but slow (R9). */
  LAGGED("lagged");

  private final String wireName;

  ResyncReason(String wireName) {
    this.wireName = wireName;
  }

  public String wireName() {
    return wireName;
  }
}
