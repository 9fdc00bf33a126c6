package dev.tidemark.wire;

/** The step that a client should take after a refusal. */
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
