package dev.tidemark.ops;

import io.micrometer.core.instrument.MeterRegistry;
import java.lang.reflect.Field;

/**
 * The server's registry of meters. What WildFly injects is a registry of the deployment in front of
 * it. In WildFly 39 (WFLY-21339) that one passes on no description and no bucket: a meter made by a
 * builder stays in it and is shown to nobody. So the builders are given the one behind it.
 */
final class ServerRegistry {
  private ServerRegistry() {}

  /** The registry behind the injected one; the injected one on a server that has none behind. */
  static MeterRegistry behind(MeterRegistry injected) {
    try {
      Field parent = injected.getClass().getDeclaredField("parentRegistry");
      parent.setAccessible(true);
      return (MeterRegistry) parent.get(injected);
    } catch (ReflectiveOperationException | RuntimeException e) {
      return injected;
    }
  }
}
