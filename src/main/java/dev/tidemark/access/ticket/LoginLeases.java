package dev.tidemark.access.ticket;

import dev.tidemark.access.login.BrowserLogin;
import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Node;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * Tells other nodes whether the browsers' logins go on that tickets were made with. The login's
 * node keeps a row for each in the database, which says until when the login certainly goes on; it
 * renews the row while the login lasts, and removes it with the login. So the login ends elsewhere
 * too if its node dies.
 */
@ApplicationScoped
public class LoginLeases {
  private static final Logger LOG = Logger.getLogger(LoginLeases.class);
  private static final int RENEWALS_PER_LEASE = 3;

  @Inject Settings settings;
  @Inject Node node;
  @Inject BackgroundJobs backgroundJobs;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  /** The logins of this node that have a row. */
  private final Map<UUID, BrowserLogin> kept = new ConcurrentHashMap<>();

  /** Until when other nodes may have been unable to renew; used only by the job that asks. */
  private long unsureUntilNanos = System.nanoTime();

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    backgroundJobs.every("logins", life().dividedBy(RENEWALS_PER_LEASE), this::renew);
  }

  private Duration life() {
    return settings.get(AccessSettings.LOGIN_LEASE);
  }

  /**
   * Keeps the row of this login until the login ends. To be called after the row was written, also
   * by a login that ended meanwhile: then its row goes.
   */
  void keep(BrowserLogin login) {
    if (kept.putIfAbsent(login.id(), login) == null) {
      login.attach(() -> backgroundJobs.soon(() -> end(login))); // runs now if it has ended
    } else if (login.hasEnded()) { // the row may have been written after the end removed it
      backgroundJobs.soon(() -> end(login));
    }
  }

  /** What cannot be removed now is not renewed any more, and so ends a little later. */
  private void end(BrowserLogin login) {
    kept.remove(login.id());
    try (Connection connection = dataSource.getConnection()) {
      LoginLeaseSql.end(connection, login.id());
    } catch (SQLException e) {
      LOG.warnf("TIDE0732 The end of a login is told to other nodes late: %s", e.getMessage());
    }
  }

  private void renew() {
    if (kept.isEmpty() || node.isStorageAway()) {
      return;
    }
    try (Connection connection = dataSource.getConnection()) {
      LoginLeaseSql.renew(connection, kept.keySet(), life());
    } catch (SQLException e) {
      LOG.warnf("TIDE0733 Logins could not be renewed, which is tried again: %s", e.getMessage());
    }
  }

  /**
   * Returns which of these logins, of other nodes, have ended. After an outage of the database the
   * other nodes get the time to renew. Not to be called by two threads at a time.
   */
  public Set<UUID> ended(Set<UUID> logins) {
    if (node.isStorageAway()) {
      return unsure();
    }
    try (Connection connection = dataSource.getConnection()) {
      boolean sure = System.nanoTime() - unsureUntilNanos >= 0;
      return LoginLeaseSql.ended(connection, logins, sure);
    } catch (SQLException e) {
      LOG.warnf("TIDE0734 Logins could not be looked up, which is tried again: %s", e.getMessage());
      return unsure();
    }
  }

  private Set<UUID> unsure() {
    unsureUntilNanos = System.nanoTime() + life().toNanos();
    return Set.of();
  }

  /** The number of logins of this node that other nodes are told of. */
  int size() {
    return kept.size();
  }
}
