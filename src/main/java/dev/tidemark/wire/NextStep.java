package dev.tidemark.wire;

/** What a client should do after a refusal. */
public enum NextStep {
  REAUTHENTICATE("reauthenticate"),
  UPGRADE_CLIENT("upgrade_client"),
  WAIT_THEN_RETRY("wait_then_retry"),
  DO_NOT_RETRY("do_not_retry");

  private final String wireName;

  NextStep(String wireName) {
    this.wireName = wireName;
  }

  public String wireName() {
    return wireName;
  }
}
