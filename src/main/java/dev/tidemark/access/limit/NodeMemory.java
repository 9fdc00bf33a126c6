package dev.tidemark.access.limit;

import dev.tidemark.access.Caller;
import dev.tidemark.config.MemorySettings;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** The heap that frames, snapshots and bodies of clients may fill, shared by {@link ByteBudget}. */
@ApplicationScoped
public class NodeMemory {
  private Metrics metrics;
  private ByteBudget budget;

  /** For the container's proxy. */
  NodeMemory() {}

  @Inject
  public NodeMemory(Settings settings, Metrics metrics) {
    this.metrics = metrics;
    long heapBytes = Runtime.getRuntime().maxMemory();
    long nodeBytes = MemorySettings.nodeBytes(settings, heapBytes);
    budget =
        new ByteBudget(
            nodeBytes,
            MemorySettings.principalBytes(settings, heapBytes),
            () -> metrics.count(Metric.MEMORY_REFUSED, 1));
    metrics.gauge(Metric.MEMORY_BYTES, budget::taken);
    metrics.gauge(Metric.MEMORY_RATIO, () -> (double) budget.taken() / nodeBytes);
  }

  /**
   * Opens a charge of a principal, which holds nothing yet and has to be closed.
   *
   * @param shed lets go soon of all that the charge holds, because others need it; called on any
   *     thread
   */
  public Charge open(Caller caller, Runnable shed) {
    return budget.open(
        "principal\0" + Quotas.key(caller),
        () -> {
          metrics.count(Metric.MEMORY_SHED, 1);
          shed.run();
        });
  }

  /** Opens a charge of a principal whose bytes are given back soon in any case. */
  public Charge open(Caller caller) {
    return budget.open("principal\0" + Quotas.key(caller), null);
  }

  /** The number of principals and addresses that hold a charge, also one of nothing. */
  int accounts() {
    return budget.accounts();
  }

  /** Opens a charge of an address that has not said who it is. */
  public Charge openForAddress(String remoteAddress) {
    return budget.open("address\0" + ClientNetwork.of(remoteAddress), null);
  }
}
