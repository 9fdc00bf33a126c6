package dev.tidemark.retention;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tidemark.config.RetentionSettings;
import dev.tidemark.config.Settings;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * The replay windows in force, by tenant and agent: from the retention policies in the database, or
 * from the settings where no policy applies. A new policy shows here within one interval between
 * purges, as it takes effect.
 */
@ApplicationScoped
public class ReplayWindows {
  private static final int MAX_KEPT = 1_000;

  @Inject Settings settings;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  private Cache<Whose, ReplayWindow> windows;

  private record Whose(String tenant, String agentId) {}

  @PostConstruct
  void prepare() {
    windows =
        Caffeine.newBuilder()
            .maximumSize(MAX_KEPT)
            .expireAfterWrite(settings.get(RetentionSettings.PURGE_EVERY))
            .executor(Runnable::run) // no threads but the container's
            .build();
  }

  /**
   * The replay window of a tenant's sessions with one agent. May wait for the database.
   *
   * @throws IllegalStateException if the policies cannot be read
   */
  public ReplayWindow of(String tenant, String agentId) {
    return windows.get(new Whose(tenant, agentId), this::read);
  }

  private ReplayWindow read(Whose whose) {
    ReplayWindow otherwise =
        new ReplayWindow(
            settings.get(RetentionSettings.REPLAY_AGE),
            settings.get(RetentionSettings.REPLAY_EVENTS));
    try (Connection connection = dataSource.getConnection()) {
      return PolicySql.replayWindow(connection, whose.tenant(), whose.agentId(), otherwise);
    } catch (SQLException e) {
      throw new IllegalStateException("The retention policies cannot be read.", e);
    }
  }
}
