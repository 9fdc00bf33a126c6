package dev.tidemark.socket;

import dev.tidemark.access.Admission;
import dev.tidemark.access.Admittance;
import dev.tidemark.access.Caller;
import dev.tidemark.access.Refusals;
import dev.tidemark.access.Revocations;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.ReadyQueue;
import dev.tidemark.ops.Setting;
import dev.tidemark.ops.Settings;
import dev.tidemark.session.Presences;
import dev.tidemark.wire.ErrorCode;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.websocket.Session;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** The open connections of this node and what they share: the inbound threads and the heartbeat. */
@ApplicationScoped
public class Connections {
  private static final int INBOUND_WORKERS = 8;
  private static final int BEATS_PER_LIMIT = 4;
  private static final long LONGEST_BEAT_MILLIS = 1_000;

  @Inject Admission admission;
  @Inject FrameHandler handler;
  @Inject Presences presences;
  @Inject Refusals refusals;
  @Inject Revocations revocations;
  @Inject Settings settings;
  @Inject Metrics metrics;

  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-inbound")
  ManagedExecutorService executor;

  @Resource(lookup = "java:jboss/ee/concurrency/scheduler/tidemark")
  ManagedScheduledExecutorService scheduler;

  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private ReadyQueue<Connection> inbound;
  private ScheduledFuture<?> heartbeat;

  @PostConstruct
  void prepare() {
    inbound =
        new ReadyQueue<>(
            executor,
            INBOUND_WORKERS,
            connection -> connection.inbound().lane(),
            connection -> connection.inbound().handleNext(handler));
    metrics.gauge("connections", open::size);
    metrics.gauge("outbound.bytes", this::bytesInFlight);
  }

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    long shortest =
        Math.min(
            Math.min(settings.number(Setting.HEARTBEAT), settings.number(Setting.JOIN_WITHIN)),
            Math.min(settings.number(Setting.SILENCE), settings.number(Setting.STALL)));
    long everyMillis = Math.min(LONGEST_BEAT_MILLIS, shortest / BEATS_PER_LIMIT);
    heartbeat =
        scheduler.scheduleWithFixedDelay(
            () -> open.forEach(Connection::beat), everyMillis, everyMillis, TimeUnit.MILLISECONDS);
  }

  void stop(@Observes @BeforeDestroyed(ApplicationScoped.class) Object event) {
    heartbeat.cancel(false);
  }

  /** Takes a new socket in, or sends it away if its principal or address has too many. */
  Connection open(Session socket, Admittance admittance) {
    Caller caller = admittance.caller();
    Connection connection =
        new Connection(socket, admittance, settings, presences, refusals, inbound::add);
    Optional<String> full = admission.enter(caller);
    if (full.isEmpty()) {
      open.add(connection);
      if (revocations.isRevoked(caller)) { // since the gate looked
        connection.refuse(
            "handshake",
            ErrorCode.AUTH_REQUIRED,
            Disconnections.REVOKED,
            OptionalLong.empty(),
            Disconnections.REVOKED);
      }
      connection.endWithLogin();
    } else {
      connection.refuse(
          "handshake", ErrorCode.TOO_MANY_CONNECTIONS, full.get(), OptionalLong.of(1), full.get());
    }
    return connection;
  }

  void closed(Connection connection, int code) {
    connection.closed(code);
    if (open.remove(connection)) {
      admission.leave(connection.caller());
    }
  }

  private long bytesInFlight() {
    return open.stream().mapToLong(connection -> connection.outbound().bytesInFlight()).sum();
  }

  /** Those that are open now. */
  List<Connection> all() {
    return List.copyOf(open);
  }
}
