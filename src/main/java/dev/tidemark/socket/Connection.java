package dev.tidemark.socket;

import dev.tidemark.access.Caller;
import dev.tidemark.access.caller.AuthenticatedPrincipal;
import dev.tidemark.access.record.Refusal;
import dev.tidemark.access.record.Refusals;
import dev.tidemark.config.Setting;
import dev.tidemark.config.Settings;
import dev.tidemark.delivery.Subscription;
import dev.tidemark.session.Client;
import dev.tidemark.session.DeliveryRecorder;
import dev.tidemark.session.LeaveReason;
import dev.tidemark.wire.EncodedFrame;
import dev.tidemark.wire.ErrorCode;
import dev.tidemark.wire.ErrorFrame;
import dev.tidemark.wire.HelloError;
import dev.tidemark.wire.ServerFrame;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Session;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * One client's socket: what comes in and what goes out, the session that it has joined, and its
 * end. Frames are handled one at a time, so what only their handlers touch needs no lock.
 */
final class Connection {
  private static final Logger LOG = Logger.getLogger(Connection.class);

  private static final String FRAME = "frame";
  private static final String CONNECTION = "connection";
  private static final int LOST_CODE = CloseReason.CloseCodes.CLOSED_ABNORMALLY.getCode();
  private static final LeaveReason LOST = new LeaveReason("lost", OptionalInt.of(LOST_CODE));

  private final Session socket;
  private final Client client;
  private final Settings settings;
  private final DeliveryRecorder deliveryRecorder;
  private final Refusals refusals;
  private final Inbound inbound;
  private final Outbound outbound;
  private final Liveness liveness;
  private final Instant since = Instant.now();
  private final Optional<LoginBinding> login;

  /** How it ended, the first time; {@code null} before. */
  private final AtomicReference<LeaveReason> ended = new AtomicReference<>();

  private volatile Caller caller;
  private int badFrames;
  private volatile boolean saidItsSession;
  private volatile Optional<JoinedSession> membership = Optional.empty();

  /**
   * @param ready gets this connection handled soon, on a thread that may wait
   */
  Connection(
      Session socket,
      AuthenticatedPrincipal authenticatedPrincipal,
      Settings settings,
      DeliveryRecorder deliveryRecorder,
      Refusals refusals,
      Consumer<Connection> ready) {
    this.socket = socket;
    caller = authenticatedPrincipal.caller();
    login = authenticatedPrincipal.login().map(found -> new LoginBinding(this, found));
    this.settings = settings;
    this.deliveryRecorder = deliveryRecorder;
    this.refusals = refusals;
    client =
        new Client(
            UUID.randomUUID(),
            caller.name(),
            caller.tenant(),
            caller.remoteAddress(),
            caller.userAgent());
    outbound =
        new Outbound(
            socket.getAsyncRemote(),
            settings.number(Setting.WINDOW_BYTES),
            settings.count(Setting.WINDOW_FRAMES),
            this::roomAgain,
            this::sessionGone);
    inbound = new Inbound(this, settings, ready);
    liveness = new Liveness(this, socket.getAsyncRemote(), settings);
  }

  /** Who is at the other end, by the newest token that they brought. */
  Caller caller() {
    return caller;
  }

  /** When it was opened, by this node's clock. */
  Instant since() {
    return since;
  }

  /** The same somebody, with a fresh token. */
  void isNow(Caller renewed) {
    caller = renewed;
  }

  /** How long the caller's token lasts, by this node's clock; nothing if it does not end. */
  OptionalLong millisLeft() {
    return caller
        .authentication()
        .expiresAt()
        .map(end -> Math.max(0, Duration.between(Instant.now(), end).toMillis()))
        .map(OptionalLong::of)
        .orElseGet(OptionalLong::empty);
  }

  /** The caller at this connection, for the record. */
  Client client() {
    return client;
  }

  Inbound inbound() {
    return inbound;
  }

  Outbound outbound() {
    return outbound;
  }

  Optional<JoinedSession> membership() {
    return membership;
  }

  boolean hasEnded() {
    return ended.get() != null;
  }

  /** Notes a sign of life. */
  void heard() {
    liveness.heard();
  }

  /** Notes that it said {@code hello} or {@code join}, whatever the answer. */
  void saidItsSession() {
    saidItsSession = true;
  }

  /** Whether it has not yet said which session it is here for; what it sent may still wait here. */
  boolean isLoitering() {
    return !saidItsSession && inbound.isIdle();
  }

  /**
   * A bad frame is answered, up to a number of them. The answer may quote it, the record does not.
   */
  void bad(ErrorCode code, String message) {
    badFrames++;
    if (badFrames > settings.number(Setting.MAX_BAD_FRAMES)) {
      refuse(
          FRAME,
          ErrorCode.TOO_MANY_BAD_FRAMES,
          message + " That was one bad frame too many.",
          OptionalLong.empty(),
          "Too many frames could not be read.");
    } else {
      record(FRAME, code, "A frame could not be read.", joinedSession());
      send(new ErrorFrame(code, message, OptionalLong.empty()));
    }
  }

  /** Follows this session from now on. */
  void joined(JoinedSession joined) {
    deliveryRecorder.enter(joined.subscription().presence(), joined.subscription()::progress);
    membership = Optional.of(joined);
    joined.subscription().wake(); // room that came before this line woke nobody
    LeaveReason already = ended.get();
    if (already != null) {
      left(already); // the socket closed while the join was on its way
    }
  }

  /** Follows no session any more: when this returns, nothing more of it is sent. */
  void left(LeaveReason leaveReason) {
    Optional<JoinedSession> before = membership;
    membership = Optional.empty();
    before
        .map(JoinedSession::subscription)
        .ifPresent(
            subscription -> {
              subscription.close();
              deliveryRecorder.leave(subscription.presence(), leaveReason);
            });
  }

  void send(ServerFrame frame) {
    outbound.send(frame);
  }

  private void roomAgain(boolean fromServer) {
    membership
        .map(JoinedSession::subscription)
        .ifPresent(fromServer ? Subscription::lookHere : Subscription::wake);
    inbound.roomAgain();
  }

  /** Ends when the browser's login does that it came with, from now on. */
  void endWithLogin() {
    login.ifPresent(LoginBinding::attach);
  }

  /** Notes that the client did something of its own accord. */
  void isBusy() {
    login.ifPresent(LoginBinding::isBusy);
  }

  /** Pings, or ends a connection that is silent, stalled or past its token's time. */
  void beat() {
    if (!hasEnded()) {
      login.ifPresent(LoginBinding::look);
      liveness.beat();
    }
  }

  private void sessionGone() {
    refuse(ErrorCode.NO_SUCH_SESSION, "The database was restored to a time before this session.");
  }

  /** Ends the connection for what its client did or did not do. */
  void refuse(ErrorCode code, String message) {
    refuse(code, message, OptionalLong.empty());
  }

  /** The same, and says when to come back. */
  void refuse(ErrorCode code, String message, OptionalLong retryAfterSeconds) {
    refuse(CONNECTION, code, message, retryAfterSeconds, message);
  }

  /**
   * Ends the connection because of what was asked for or done.
   *
   * @param recorded why, without anything that the client sent
   */
  void refuse(
      String operation,
      ErrorCode code,
      String message,
      OptionalLong retryAfterSeconds,
      String recorded) {
    Optional<String> sessionId = joinedSession();
    if (end(code, message, retryAfterSeconds)) {
      record(operation, code, recorded, sessionId);
    }
  }

  /** Notes that something was refused. */
  void record(String operation, ErrorCode code, String message, Optional<String> sessionId) {
    refusals.record(
        new Refusal(
            Refusal.Asker.of(client),
            operation,
            code.wireName(),
            message,
            OptionalInt.empty(),
            hasEnded() ? OptionalInt.of(closeCodeOf(code)) : OptionalInt.empty(),
            sessionId));
  }

  /** The id of the session that it has joined. */
  Optional<String> joinedSession() {
    return membership.map(joined -> joined.session().sessionId());
  }

  /**
   * Says why, then closes with the code's close code; both have the linger time to leave, then the
   * connection is cut. Only the first reason counts.
   *
   * @return whether this was the first
   */
  boolean end(ErrorCode code, String message, OptionalLong retryAfterSeconds) {
    int closeCode = closeCodeOf(code);
    return end(
        code,
        message,
        retryAfterSeconds,
        new LeaveReason(code.wireName(), OptionalInt.of(closeCode)));
  }

  /** Ends what is left of a connection that failed. */
  void failed() {
    var unused = end(ErrorCode.INTERNAL, "The connection failed.", OptionalLong.empty(), LOST);
  }

  private boolean end(
      ErrorCode code, String message, OptionalLong retryAfterSeconds, LeaveReason leaveReason) {
    if (!ended.compareAndSet(null, leaveReason)) {
      return false;
    }
    boolean joined = membership.isPresent();
    left(leaveReason);
    inbound.clear();
    Duration linger = settings.duration(Setting.LINGER);
    outbound.mustLeaveWithin(linger);
    ServerFrame reason =
        joined
            ? new ErrorFrame(code, message, retryAfterSeconds)
            : new HelloError(code, message, retryAfterSeconds);
    outbound.send(
        EncodedFrame.of(reason), sent -> close(closeCodeOf(code), code.wireName(), linger));
    outbound.shut();
    return true;
  }

  private static int closeCodeOf(ErrorCode code) {
    return code.closeCode().orElse(CloseReason.CloseCodes.UNEXPECTED_CONDITION.getCode());
  }

  private void close(int closeCode, String phrase, Duration linger) {
    try {
      socket.setMaxIdleTimeout(linger.toMillis());
      socket.close(new CloseReason(CloseReason.CloseCodes.getCloseCode(closeCode), phrase));
    } catch (IOException | IllegalStateException e) {
      LOG.debugf("TIDE0203 Connection %s was gone before it was closed: %s", this, e.getMessage());
    }
  }

  /** The socket is closed, by whomever: with this code, 1006 if there was none. */
  void closed(int code) {
    LeaveReason leaveReason =
        code == LOST_CODE ? LOST : new LeaveReason("closed", OptionalInt.of(code));
    ended.compareAndSet(null, leaveReason);
    login.ifPresent(LoginBinding::detach);
    left(leaveReason);
    outbound.shut();
    inbound.clear();
  }

  @Override
  public String toString() {
    return socket.getId();
  }
}
