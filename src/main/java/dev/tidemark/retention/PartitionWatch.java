package dev.tidemark.retention;

import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.Node;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * Measures how many of the coming days have a partition. The {@link Purge} makes them; this one
 * looks for itself, so that it also tells of a purge that does not run.
 */
@ApplicationScoped
public class PartitionWatch {
  private static final Logger LOG = Logger.getLogger(PartitionWatch.class);
  private static final Duration EVERY = Duration.ofSeconds(10);

  @Inject Node node;
  @Inject Metrics metrics;
  @Inject BackgroundJobs backgroundJobs;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  private volatile double daysAhead = Double.NaN;

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    metrics.gauge(Metric.PARTITIONS_AHEAD, () -> daysAhead);
    backgroundJobs.every("partition watch", EVERY, this::look);
  }

  private void look() {
    if (node.isStorageAway()) {
      return;
    }
    try (Connection connection = dataSource.getConnection()) {
      daysAhead = PartitionSql.daysAhead(connection);
    } catch (SQLException e) {
      LOG.debugf("TIDE0508 The partitions could not be counted: %s", e.getMessage());
    }
  }
}
