package dev.tidemark.socket;

import dev.tidemark.access.ticket.LoginLeases;
import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.config.DeliverySettings;
import dev.tidemark.config.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Rechecks at regular intervals, as often as heads are polled, whether the browsers' logins of
 * other nodes go on with whose tickets connections of this node were opened. A connection is found
 * from the moment in which it is among the open ones, so it does not matter when its login ended.
 */
@ApplicationScoped
public class LoginRecheck {
  @Inject Connections connections;
  @Inject LoginLeases loginLeases;
  @Inject Settings settings;
  @Inject BackgroundJobs backgroundJobs;

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    backgroundJobs.every("login recheck", settings.get(DeliverySettings.POLL), this::recheck);
  }

  private void recheck() {
    List<Connection> bound =
        connections.all().stream()
            .filter(connection -> connection.loginElsewhere().isPresent())
            .toList();
    if (bound.isEmpty()) {
      return;
    }
    Set<UUID> ended =
        loginLeases.ended(
            bound.stream()
                .map(connection -> connection.loginElsewhere().orElseThrow())
                .collect(Collectors.toSet()));
    bound.stream()
        .filter(connection -> ended.contains(connection.loginElsewhere().orElseThrow()))
        .forEach(Connection::loginEnded);
  }
}
