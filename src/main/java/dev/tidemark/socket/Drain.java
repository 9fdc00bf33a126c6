package dev.tidemark.socket;

import dev.tidemark.config.NodeSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Node;
import dev.tidemark.wire.ErrorCode;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Empties the node for a restart: it takes no new clients and no new turns, and sends connected
 * clients away one by one. Each is told to come back after a time of its own, so that the other
 * nodes do not get all of them at once.
 */
@ApplicationScoped
public class Drain {
  /** The message to a client that has to come back to another node. */
  static final String MESSAGE = "This node is restarting. Come back with your cursor.";

  private static final Logger LOG = Logger.getLogger(Drain.class);

  @Inject Connections connections;
  @Inject Settings settings;

  @Resource(lookup = "java:jboss/ee/concurrency/scheduler/tidemark")
  ManagedScheduledExecutorService scheduler;

  void begin(@Observes Node.Draining event) {
    var all = connections.all();
    long spreadMillis = settings.get(NodeSettings.DRAIN_SPREAD).toMillis();
    LOG.infof(
        "TIDE0205 Draining: %d connections are sent away within %d ms.", all.size(), spreadMillis);
    for (Connection connection : all) {
      long delayMillis = spreadMillis == 0 ? 0 : ThreadLocalRandom.current().nextLong(spreadMillis);
      var unused =
          scheduler.schedule(
              () -> sendAway(connection, spreadMillis), delayMillis, TimeUnit.MILLISECONDS);
    }
  }

  private static void sendAway(Connection connection, long spreadMillis) {
    long maxSeconds = Math.max(1, TimeUnit.MILLISECONDS.toSeconds(spreadMillis));
    long retryAfterSeconds = ThreadLocalRandom.current().nextLong(1, maxSeconds + 1);
    var unused = connection.end(ErrorCode.RESTARTING, MESSAGE, OptionalLong.of(retryAfterSeconds));
  }
}
