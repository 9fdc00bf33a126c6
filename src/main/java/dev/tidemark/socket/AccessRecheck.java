package dev.tidemark.socket;

import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.config.Setting;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Node;
import dev.tidemark.session.Access;
import dev.tidemark.session.SessionLookup;
import dev.tidemark.session.Sessions;
import dev.tidemark.wire.ErrorCode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import org.jboss.logging.Logger;

/**
 * Asks again and again, of all clients of this node that follow a session which is not their own,
 * whether they still may: as often as heads are polled. Each node asks for itself, so it does not
 * matter which of them took a member out.
 */
@ApplicationScoped
public class AccessRecheck {
  private static final Logger LOG = Logger.getLogger(AccessRecheck.class);
  private static final int MAX_OF_A_STATEMENT = 1_000;

  @Inject Connections connections;
  @Inject Sessions sessions;
  @Inject Settings settings;
  @Inject Node node;
  @Inject BackgroundJobs backgroundJobs;

  private ScheduledFuture<?> watching;

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    watching = backgroundJobs.every(settings.number(Setting.POLL), this::look);
  }

  void stop(@Observes @BeforeDestroyed(ApplicationScoped.class) Object event) {
    watching.cancel(false);
  }

  private record Guest(Connection connection, JoinedSession membership) {}

  private void look() {
    if (node.isStorageAway()) {
      return;
    }
    Map<SessionLookup, List<Guest>> guests = new HashMap<>();
    for (Connection connection : connections.all()) {
      connection
          .membership()
          .filter(joined -> joined.access() != Access.OWNER)
          .ifPresent(
              joined ->
                  guests
                      .computeIfAbsent(
                          askerOf(connection, joined), sessionLookup -> new ArrayList<>(1))
                      .add(new Guest(connection, joined)));
    }
    List<SessionLookup> askers = List.copyOf(guests.keySet());
    for (int from = 0; from < askers.size(); from += MAX_OF_A_STATEMENT) {
      look(askers.subList(from, Math.min(askers.size(), from + MAX_OF_A_STATEMENT)), guests);
    }
  }

  private static SessionLookup askerOf(Connection connection, JoinedSession joined) {
    return new SessionLookup(
        connection.caller().tenant(), connection.caller().name(), joined.session().sessionId());
  }

  private void look(List<SessionLookup> askers, Map<SessionLookup, List<Guest>> guests) {
    Map<SessionLookup, Access> accesses;
    try {
      accesses = sessions.accesses(askers);
    } catch (RuntimeException e) {
      LOG.warnf(
          "TIDE0206 Members could not be looked up, which is tried again: %s", e.getMessage());
      return;
    }
    for (SessionLookup sessionLookup : askers) {
      Access now = accesses.get(sessionLookup);
      for (Guest guest : guests.get(sessionLookup)) {
        if (now != null) {
          guest.membership().access(now);
        } else if (guest.connection().membership().filter(guest.membership()::equals).isPresent()) {
          guest
              .connection()
              .refuse(ErrorCode.NO_LONGER_MEMBER, "This session is not shared with you any more.");
        }
      }
    }
  }
}
