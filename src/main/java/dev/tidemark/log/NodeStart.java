package dev.tidemark.log;

import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.Node;
import dev.tidemark.ops.NotReady;
import dev.tidemark.ops.Version;
import jakarta.annotation.Priority;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import jakarta.servlet.ServletContext;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * Says what starts here: the version of the application, the schema that it needs and the settings
 * that differ from their defaults. The log has it first, the metrics have it always, and the
 * database keeps it: a node takes no clients before it is recorded.
 */
@ApplicationScoped
public class NodeStart {
  private static final Logger LOG = Logger.getLogger(NodeStart.class);

  @Inject Settings settings;
  @Inject Metrics metrics;
  @Inject Node node;

  private String server = "unknown";

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  /** Runs before all others that observe the start: nothing of a node with wrong settings runs. */
  void start(
      @Observes
          @Priority(Interceptor.Priority.PLATFORM_BEFORE)
          @Initialized(ApplicationScoped.class) Object event) {
    settings.refusal().ifPresent(this::refuse);
    if (event instanceof ServletContext context) {
      server = context.getServerInfo();
    }
    LOG.infof(
        "TIDE0105 Tidemark %s on node %s, schema %d needed, %s, Java %s; settings: %s.",
        Version.TEXT,
        settings.nodeName(),
        Storage.SCHEMA_VERSION,
        server,
        Runtime.version(),
        changed());
    metrics.gauge(Metric.INFO, () -> 1);
    metrics.gauge(Metric.SCHEMA_NEEDED, () -> Storage.SCHEMA_VERSION);
  }

  /** Health goes on telling the reason: a deployment that fails at boot is not taken back. */
  private void refuse(String words) {
    String reason = "Wrong settings: " + words + ".";
    node.storage(Optional.of(new NotReady("The settings of this node are wrong.", reason)));
    LOG.errorf("TIDE0106 The deployment is refused. %s", reason);
    throw new DeploymentRefusedException(reason);
  }

  private String changed() {
    Map<String, String> changed = settings.changed();
    return changed.isEmpty()
        ? "all defaults"
        : changed.entrySet().stream()
            .map(setting -> setting.getKey() + "=" + setting.getValue())
            .collect(Collectors.joining(", "));
  }

  /**
   * Records this start of the node, once in each database: a restore may have lost the record.
   *
   * @return the reason why it cannot; empty if it is there
   */
  Optional<NotReady> record() {
    try (Connection connection = dataSource.getConnection()) {
      NodeRecordSql.insert(
          connection,
          settings.nodeName(),
          settings.get(AccessSettings.RECORD_EVERY),
          server,
          settings.changed());
      return Optional.empty();
    } catch (SQLException e) {
      return Optional.of(StorageProblem.of(e));
    }
  }
}
