package dev.tidemark.socket;

import dev.tidemark.delivery.Subscription;
import dev.tidemark.session.DeliveryRecorder;
import dev.tidemark.session.LeaveReason;
import java.util.Optional;
import java.util.function.Function;

/** The session that the client of one connection has joined, and the recording of it. */
final class Following {
  private final DeliveryRecorder deliveryRecorder;
  private final ClosingHandshake closing;
  private volatile Optional<JoinedSession> joined = Optional.empty();
  private volatile boolean isTold;

  Following(DeliveryRecorder deliveryRecorder, ClosingHandshake closing) {
    this.deliveryRecorder = deliveryRecorder;
    this.closing = closing;
  }

  /** The joined session, if any. */
  Optional<JoinedSession> joined() {
    return joined;
  }

  /** Whether the client believes that it has joined. */
  boolean isTold() {
    return isTold;
  }

  /** Notes that the client is told now that it has joined. */
  void tell() {
    isTold = true;
  }

  /** Follows a session from now on; what throws has closed the subscription. */
  void begin(Subscription subscription, Function<Subscription, JoinedSession> of) {
    try {
      Optional<JoinedSession> now = Optional.of(of.apply(subscription));
      deliveryRecorder.enter(subscription.deliveryRecord(), subscription::progress);
      joined = now;
      subscription.wake(); // room that came before this line woke no subscription
      closing.reason().ifPresent(this::end); // the socket closed while the join was on its way
    } catch (RuntimeException | Error e) {
      joined = Optional.empty();
      end(subscription, ClosingHandshake.LOST);
      throw e;
    }
  }

  /** Leaves the session; once this returns, nothing more of it is sent. */
  void end(LeaveReason leaveReason) {
    Optional<JoinedSession> before = joined;
    joined = Optional.empty();
    isTold = false;
    before.map(JoinedSession::subscription).ifPresent(one -> end(one, leaveReason));
  }

  private void end(Subscription subscription, LeaveReason leaveReason) {
    try {
      subscription.close();
    } finally {
      deliveryRecorder.leave(subscription.deliveryRecord(), leaveReason);
    }
  }
}
