package dev.tidemark.socket;

import dev.tidemark.access.Authentication;
import dev.tidemark.access.Caller;
import dev.tidemark.access.caller.AuthenticatedPrincipal;
import dev.tidemark.access.limit.Charge;
import dev.tidemark.access.record.Refusals;
import dev.tidemark.config.DeliverySettings;
import dev.tidemark.config.Settings;
import dev.tidemark.config.WireSettings;
import dev.tidemark.delivery.Subscription;
import dev.tidemark.session.Client;
import dev.tidemark.session.DeliveryRecorder;
import dev.tidemark.session.LeaveReason;
import dev.tidemark.wire.ErrorCode;
import dev.tidemark.wire.ServerFrame;
import jakarta.websocket.Session;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One client's socket: its inbound and outbound frames and the session that it has joined. Frames
 * are handled one at a time, so state that only their handlers touch needs no lock.
 */
final class Connection {
  private final Client client;
  private final Following following;
  private final Inbound inbound;
  private final Outbound outbound;
  private final Liveness liveness;
  private final Heartbeat heartbeat;
  private final ErrorResponder errors;
  private final ClosingHandshake closing;
  private final Instant since = Instant.now();
  private final Optional<LoginBinding> login;
  private final Optional<UUID> loginElsewhere;
  private final Charge charge;

  private volatile Caller caller;
  private volatile boolean hasNamedSession;

  /**
   * @param charge the heap that its frames may take; given back when it is closed
   * @param ready the queue of connections to be handled soon, on a thread that may wait
   */
  Connection(
      Session socket,
      AuthenticatedPrincipal principal,
      Settings settings,
      Charge charge,
      ReadingPace pace,
      DeliveryRecorder deliveryRecorder,
      Refusals refusals,
      Consumer<Connection> ready) {
    caller = principal.caller();
    login = principal.login().map(found -> new LoginBinding(this, found));
    loginElsewhere = principal.loginElsewhere();
    client =
        new Client(
            UUID.randomUUID(),
            caller.name(),
            caller.tenant(),
            caller.remoteAddress(),
            caller.userAgent());
    this.charge = charge;
    outbound =
        new Outbound(
            socket.getAsyncRemote(),
            charge,
            settings.get(DeliverySettings.WINDOW_BYTES),
            settings.get(DeliverySettings.WINDOW_FRAMES),
            this::roomAgain,
            this::sessionGone);
    closing = new ClosingHandshake(socket, client, outbound, settings.get(DeliverySettings.LINGER));
    following = new Following(deliveryRecorder, closing);
    liveness = new Liveness(this, socket.getAsyncRemote(), settings);
    inbound = new Inbound(this, charge, settings, pace, ready);
    pace.begin(this::heardWhilePaused, inbound::readAgain);
    heartbeat = new Heartbeat(this, liveness, settings);
    errors = new ErrorResponder(this, refusals, settings.get(WireSettings.MAX_BAD_FRAMES));
  }

  /** The caller, by the newest token of this connection. */
  Caller caller() {
    return caller;
  }

  /** The time of opening, by this node's clock. */
  Instant since() {
    return since;
  }

  /** Takes a fresh token of the same caller. */
  void renew(Caller renewed) {
    caller = renewed;
  }

  /** As {@link Authentication#millisToExpiry} of the newest token. */
  OptionalLong millisToExpiry() {
    return caller.authentication().millisToExpiry();
  }

  /** The client's identity, for the record. */
  Client client() {
    return client;
  }

  Inbound inbound() {
    return inbound;
  }

  Outbound outbound() {
    return outbound;
  }

  ErrorResponder errors() {
    return errors;
  }

  Optional<JoinedSession> joinedSession() {
    return following.joined();
  }

  /** The id of the joined session, if any. */
  Optional<String> joinedSessionId() {
    return joinedSession().map(joined -> joined.session().sessionId());
  }

  /**
   * The joined session, for a frame that needs one.
   *
   * @throws RefusedException if no session is joined
   */
  JoinedSession requireJoined() {
    return joinedSession()
        .orElseThrow(() -> new RefusedException(ErrorCode.NOT_JOINED, "Join a session first."));
  }

  boolean hasEnded() {
    return closing.reason().isPresent();
  }

  /** Notes a sign of life. */
  void heard() {
    liveness.heard();
  }

  /** Whether the connection is open; its client need not be heard. */
  private boolean heardWhilePaused() {
    liveness.heard();
    return !hasEnded();
  }

  /** Notes that the client sent {@code hello} or {@code join}, whatever the reply. */
  void noteSessionNamed() {
    hasNamedSession = true;
  }

  /** Whether the client has not yet named a session and none of its frames wait. */
  boolean isWaitingForJoin() {
    return !hasNamedSession && inbound.isIdle();
  }

  /** Tells the client that it has joined, before it does. */
  void sendJoined(ServerFrame frame) {
    following.tell();
    send(frame);
  }

  /** Follows a session from now on; what throws has closed the subscription. */
  void follow(Subscription subscription, Function<Subscription, JoinedSession> of) {
    following.begin(subscription, of);
  }

  /** Leaves the session; once this returns, nothing more of it is sent. */
  void leave(LeaveReason leaveReason) {
    following.end(leaveReason);
  }

  void send(ServerFrame frame) {
    outbound.send(frame);
  }

  private void roomAgain(boolean fromServer) {
    joinedSession()
        .map(JoinedSession::subscription)
        .ifPresent(fromServer ? Subscription::lookHere : Subscription::wake);
    inbound.roomAgain();
  }

  /** Lets the connection end with the browser login that it came with. */
  void endWithLogin() {
    login.ifPresent(LoginBinding::attach);
  }

  /** The browser's login on another node that this connection ends with, if any. */
  Optional<UUID> loginElsewhere() {
    return loginElsewhere;
  }

  /** Ends the connection, because the browser's login that it was opened with has ended. */
  void loginEnded() {
    var unused =
        end(
            ErrorCode.LOGGED_OUT,
            "The login that this connection came with has ended. Log in anew.",
            OptionalLong.empty());
  }

  /** Notes that the client did something of its own accord. */
  void noteActivity() {
    login.ifPresent(LoginBinding::noteActivity);
  }

  /** Does the regular work: keeps the login alive, pings the client or ends the connection. */
  void beat() {
    if (!hasEnded()) {
      login.ifPresent(LoginBinding::keepAliveIfUsed);
      heartbeat.beat();
      outbound.tryAgain();
      inbound.wakeIfLeft();
    } else {
      closing.closeIfOverdue();
    }
  }

  private void sessionGone() {
    errors.refuseConnection(
        ErrorCode.NO_SUCH_SESSION, "The database was restored to a time before this session.");
  }

  /**
   * Sends the reason, then closes with the code's close code. Only the first reason counts.
   *
   * @return whether this was the first
   */
  boolean end(ErrorCode code, String message, OptionalLong retryAfterSeconds) {
    return end(code, message, retryAfterSeconds, ClosingHandshake.reasonOf(code));
  }

  /** Ends a connection that failed. */
  void failed() {
    var unused =
        end(
            ErrorCode.INTERNAL,
            "The connection failed.",
            OptionalLong.empty(),
            ClosingHandshake.LOST);
  }

  private boolean end(
      ErrorCode code, String message, OptionalLong retryAfterSeconds, LeaveReason leaveReason) {
    if (!closing.begin(leaveReason)) {
      return false;
    }
    boolean joined = following.isTold();
    try {
      leaveAll(leaveReason);
    } finally { // whatever fails, the socket is closed
      closing.complete(joined, code, message, retryAfterSeconds);
    }
    return true;
  }

  /** Cleans up after either side closed the socket with this code, 1006 if there was none. */
  void closed(int code) {
    LeaveReason leaveReason = ClosingHandshake.reasonOf(code);
    var unused = closing.begin(leaveReason);
    try {
      leaveAll(leaveReason);
    } finally {
      outbound.shut();
      charge.close();
      login.ifPresent(LoginBinding::detach);
    }
  }

  private void leaveAll(LeaveReason leaveReason) {
    try {
      leave(leaveReason);
    } finally {
      inbound.clear();
    }
  }

  @Override
  public String toString() {
    return client + joinedSessionId().map(id -> " in session '" + id + "'").orElse("");
  }
}
