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
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * The replay windows in force, by tenant and agent: the retention policies in the database decide,
 * and the settings where no policy does. A new policy is told after one pause between purges, which
 * is when it takes effect.
 */
@ApplicationScoped
public class ReplayWindows {
  private static final int MAX_KEPT = 1_000;

  /** For each limit the most specific policy that gives it, as the view session_rule has it. */
  private static final String POLICY =
      """
      with asked as (
        select p.* from tidemark.policy_in_force p
         where coalesce(p.tenant = ?, true) and coalesce(p.agent_id = ?, true))
      select (select (extract(epoch from replay_age) * 1000)::bigint from asked where replay_age is not null
               order by tenant is null, agent_id is null limit 1),
             (select replay_events from asked where replay_events is not null
               order by tenant is null, agent_id is null limit 1)""";

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
            .executor(Runnable::run) // no thread that is not the container's
            .build();
  }

  /**
   * The window of the sessions of a tenant with an agent. May wait for the database.
   *
   * @throws IllegalStateException if the database does not answer
   */
  public ReplayWindow of(String tenant, String agentId) {
    return windows.get(new Whose(tenant, agentId), this::read);
  }

  private ReplayWindow read(Whose whose) {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement select = connection.prepareStatement(POLICY)) {
      select.setString(1, whose.tenant());
      select.setString(2, whose.agentId());
      try (ResultSet row = select.executeQuery()) {
        row.next();
        Long ageMillis = row.getObject(1, Long.class);
        Long events = row.getObject(2, Long.class);
        return new ReplayWindow(
            ageMillis == null
                ? settings.get(RetentionSettings.REPLAY_AGE)
                : Duration.ofMillis(ageMillis),
            events == null ? settings.get(RetentionSettings.REPLAY_EVENTS) : events);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("The retention policies cannot be read.", e);
    }
  }
}
