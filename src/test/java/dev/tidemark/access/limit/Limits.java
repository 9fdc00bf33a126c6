package dev.tidemark.access.limit;

import dev.tidemark.config.Settings;

/** Quotas and budgets for tests of other rooms. */
public final class Limits {
  private Limits() {}

  public static Quotas quotas(Settings settings) {
    return new Quotas(settings);
  }

  /** The number of principals and addresses that hold a charge. */
  public static int accounts(NodeMemory memory) {
    return memory.accounts();
  }
}
