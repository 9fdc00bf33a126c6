package dev.tidemark.tools.bench.load;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The share of the machine that this process takes. */
final class Share {
  private final OperatingSystemMXBean system =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private long beganNanos = System.nanoTime();
  private long beganCpuNanos = system.getProcessCpuTime();

  void begin() {
    beganNanos = System.nanoTime();
    beganCpuNanos = system.getProcessCpuTime();
  }

  /** From 0 to 1, since the beginning. */
  double taken() {
    double wall = System.nanoTime() - beganNanos;
    return (system.getProcessCpuTime() - beganCpuNanos)
        / (wall * Runtime.getRuntime().availableProcessors());
  }
}
