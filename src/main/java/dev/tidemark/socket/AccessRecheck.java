package dev.tidemark.socket;

import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.config.DeliverySettings;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Node;
import dev.tidemark.session.Access;
import dev.tidemark.session.SessionLookup;
import dev.tidemark.session.Sessions;
import dev.tidemark.wire.ErrorCode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Rechecks at regular intervals, as often as heads are polled, whether the clients of this node may
 * still follow sessions of others. Each node checks for itself, so it does not matter on which node
 * a member was removed.
 */
@ApplicationScoped
public class AccessRecheck {
  private static final Logger LOG = Logger.getLogger(AccessRecheck.class);
  private static final int LOOKUPS_PER_STATEMENT = 1_000;

  @Inject Connections connections;
  @Inject Sessions sessions;
  @Inject Settings settings;
  @Inject Node node;
  @Inject BackgroundJobs backgroundJobs;

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    backgroundJobs.every("access recheck", settings.get(DeliverySettings.POLL), this::recheck);
  }

  /** A connection and the session of somebody else that it had joined at the time of the check. */
  private record Guest(Connection connection, JoinedSession joined) {}

  private void recheck() {
    if (node.isStorageAway()) {
      return;
    }
    Map<SessionLookup, List<Guest>> guests = new HashMap<>();
    for (Connection connection : connections.all()) {
      connection
          .joinedSession()
          .filter(joined -> joined.access() != Access.OWNER)
          .ifPresent(
              joined ->
                  guests
                      .computeIfAbsent(lookupOf(connection, joined), key -> new ArrayList<>(1))
                      .add(new Guest(connection, joined)));
    }
    List<SessionLookup> lookups = List.copyOf(guests.keySet());
    for (int from = 0; from < lookups.size(); from += LOOKUPS_PER_STATEMENT) {
      int until = Math.min(lookups.size(), from + LOOKUPS_PER_STATEMENT);
      recheck(lookups.subList(from, until), guests);
    }
  }

  private static SessionLookup lookupOf(Connection connection, JoinedSession joined) {
    return new SessionLookup(
        connection.caller().tenant(), connection.caller().name(), joined.session().sessionId());
  }

  private void recheck(List<SessionLookup> lookups, Map<SessionLookup, List<Guest>> guests) {
    Map<SessionLookup, Access> accesses;
    try {
      accesses = sessions.accesses(lookups);
    } catch (RuntimeException e) {
      LOG.warnf(
          "TIDE0206 Members could not be looked up, which is tried again: %s", e.getMessage());
      return;
    }
    for (SessionLookup lookup : lookups) {
      Optional<Access> now = Optional.ofNullable(accesses.get(lookup));
      for (Guest guest : guests.get(lookup)) {
        try {
          now.ifPresentOrElse(guest.joined()::access, () -> sendAway(guest));
        } catch (RuntimeException | Error e) { // the others must not stay because of this one
          LOG.errorf(
              e, "TIDE0219 %s could not be sent away; it is tried again.", guest.connection());
        }
      }
    }
  }

  /** Ends the connection, unless the client has left the session in the meantime. */
  private static void sendAway(Guest guest) {
    if (guest.connection().joinedSession().filter(guest.joined()::equals).isPresent()) {
      guest
          .connection()
          .errors()
          .refuseConnection(
              ErrorCode.NO_LONGER_MEMBER, "This session is not shared with you any more.");
    }
  }
}
