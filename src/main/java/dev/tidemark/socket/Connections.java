package dev.tidemark.socket;

import dev.tidemark.access.Caller;
import dev.tidemark.access.caller.AuthenticatedPrincipal;
import dev.tidemark.access.limit.Charge;
import dev.tidemark.access.limit.ConnectionPlace;
import dev.tidemark.access.limit.NodeMemory;
import dev.tidemark.access.limit.QuotaExceededException;
import dev.tidemark.access.limit.Quotas;
import dev.tidemark.access.record.Refusals;
import dev.tidemark.access.revocation.Revocations;
import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.concurrent.FairExecutor;
import dev.tidemark.concurrent.ServerThreads;
import dev.tidemark.concurrent.ThreadShares;
import dev.tidemark.concurrent.WatchedWork;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.DeliverySettings;
import dev.tidemark.config.RequestSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.config.WireSettings;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.Node;
import dev.tidemark.session.DeliveryRecorder;
import dev.tidemark.wire.ErrorCode;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Session;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** The open connections of this node and what they share: the inbound threads and the heartbeat. */
@ApplicationScoped
public class Connections {
  private static final Logger LOG = Logger.getLogger(Connections.class);
  private static final int INBOUND_WORKERS = 8;

  private static final int BEATS_PER_LIMIT = 4;
  private static final long MAX_BEAT_MILLIS = 1_000;

  @Inject Quotas quotas;
  @Inject NodeMemory memory;
  @Inject ServerThreads serverThreads;
  @Inject FrameDispatcher dispatcher;
  @Inject DeliveryRecorder deliveryRecorder;
  @Inject Refusals refusals;
  @Inject Revocations revocations;
  @Inject Settings settings;
  @Inject Metrics metrics;
  @Inject Node node;
  @Inject BackgroundJobs backgroundJobs;
  @Inject WatchedWork watchedWork;

  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-inbound")
  ManagedExecutorService executor;

  private final Map<Connection, ConnectionPlace> open = new ConcurrentHashMap<>();
  private FairExecutor<Connection> inbound;

  @PostConstruct
  void prepare() {
    int ofAPrincipal = settings.get(RequestSettings.THREADS_PER_CALLER);
    inbound =
        new FairExecutor<>(
            executor,
            new ThreadShares(INBOUND_WORKERS, ofAPrincipal, ofAPrincipal),
            connection -> Quotas.key(connection.caller()),
            connection -> connection.inbound().lane(),
            this::handleNext);
    watchedWork.add("The handling of frames", inbound);
    metrics.gauge(Metric.CONNECTIONS, open::size);
    metrics.gauge(Metric.OUTBOUND_BYTES, this::bytesInFlight);
  }

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    long shortest =
        Math.min(
            Math.min(
                settings.get(WireSettings.HEARTBEAT).toMillis(),
                settings.get(AccessSettings.JOIN_WITHIN).toMillis()),
            Math.min(
                settings.get(WireSettings.SILENCE).toMillis(),
                settings.get(DeliverySettings.STALL).toMillis()));
    long everyMillis = Math.min(MAX_BEAT_MILLIS, shortest / BEATS_PER_LIMIT);
    backgroundJobs.everyOnScheduler(
        "heartbeat",
        Duration.ofMillis(everyMillis),
        () -> open.keySet().forEach(Connections::beat));
  }

  /** One connection's failure must not keep the others from their heartbeat. */
  private static void beat(Connection connection) {
    try {
      connection.beat();
    } catch (RuntimeException | Error e) {
      LOG.errorf(e, "TIDE0217 The heartbeat of %s failed; its connection ends.", connection);
      connection.failed();
    }
  }

  /** A step that failed unexpectedly may have lost its frame: the client comes back and asks. */
  private void handleNext(Connection connection) {
    try {
      connection.inbound().handleNext(dispatcher);
    } catch (RuntimeException | Error e) {
      LOG.errorf(
          e, "TIDE0218 The frames of %s could not be handled; its connection ends.", connection);
      connection.failed();
    }
  }

  /** Takes in a new socket, or ends it if its principal or address has too many connections. */
  Connection open(Session socket, AuthenticatedPrincipal principal) {
    Connection connection = connect(socket, principal);
    try {
      takeIn(connection);
    } catch (RuntimeException | Error e) { // the endpoint knows no connection that it could close
      closed(connection, CloseCodes.UNEXPECTED_CONDITION.getCode());
      throw e;
    }
    return connection;
  }

  private Connection connect(Session socket, AuthenticatedPrincipal principal) {
    Caller caller = principal.caller();
    Eviction eviction = new Eviction();
    Charge charge = memory.open(caller, eviction);
    try {
      RawChannel channel = ServerChannel.of(socket);
      ReadingPace pace =
          new ReadingPace(
              channel,
              () -> quotas.nanosAhead(caller),
              bytes -> quotas.countBytes(caller, bytes),
              (delay, task) -> {
                var unused = serverThreads.after(delay, task);
              });
      Connection connection =
          new Connection(
              socket, principal, settings, charge, pace, deliveryRecorder, refusals, inbound::add);
      eviction.aim(connection, channel, charge);
      return connection;
    } catch (RuntimeException | Error e) {
      charge.close();
      throw e;
    }
  }

  private void takeIn(Connection connection) {
    ConnectionPlace place;
    try {
      place = quotas.requireConnection(connection.caller());
    } catch (QuotaExceededException e) {
      connection.errors().refuseHandshake(RefusedException.of(e));
      return;
    }
    try {
      open.put(connection, place);
    } catch (RuntimeException | Error e) {
      place.leave(); // nobody else would: it is not among the open ones
      throw e;
    }
    admit(connection, connection.caller());
  }

  /** Ends a new connection that would not have been let in by now. */
  private void admit(Connection connection, Caller caller) {
    if (revocations.isRevoked(caller)) { // revoked after the gate's check
      connection
          .errors()
          .refuseHandshake(
              new RefusedException(ErrorCode.AUTH_REQUIRED, RevokedConnections.REVOKED));
    }
    if (node.isDraining()) { // the drain that began after the gate's check may have overlooked it
      connection
          .errors()
          .refuseHandshake(
              new RefusedException(ErrorCode.RESTARTING, Drain.MESSAGE, OptionalLong.of(1)));
    }
    connection.endWithLogin();
  }

  void closed(Connection connection, int code) {
    try {
      connection.closed(code);
    } finally {
      ConnectionPlace place = open.remove(connection);
      if (place != null) {
        place.leave();
      }
    }
  }

  private long bytesInFlight() {
    return open.keySet().stream()
        .mapToLong(connection -> connection.outbound().bytesInFlight())
        .sum();
  }

  int count() {
    return open.size();
  }

  List<Connection> all() {
    return List.copyOf(open.keySet());
  }
}
