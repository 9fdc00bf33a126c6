package dev.tidemark.delivery;

import dev.tidemark.session.DeliveryRecord;
import dev.tidemark.session.DeliveryRecord.Progress;
import dev.tidemark.session.JoinOutcome;
import dev.tidemark.wire.EncodedEvent;
import dev.tidemark.wire.Position;
import dev.tidemark.wire.ResyncReason;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One client's cursor over one session's log. Each look sends what the client still needs, as far
 * as its window allows:
 *
 * <ul>
 *   <li>from the tail if the next event is in it; otherwise the database is asked, and the
 *       subscription is woken with the answer. A look never waits;
 *   <li>in a compact replay always from the database, which knows what may be left out;
 *   <li>if the next event is below the floor, or the epoch is another, or the head lies before it:
 *       a new snapshot, and on from there (R9).
 * </ul>
 *
 * <p>Looks never overlap: whoever raises the number of pending wakes from zero brings it to a
 * worker, and the worker keeps it until the number is zero again.
 */
public final class Subscription {
  private final Feed feed;
  private final ClientSink clientSink;
  private final SubscriptionSender subscriptionSender;
  private final DeliveryContext deliveryContext;
  private final DeliveryRecord deliveryRecord;
  private final AtomicInteger pendingWakes = new AtomicInteger();

  /** Put there by the thread that read it, taken by the next look. */
  private final AtomicReference<ReadResult> answer = new AtomicReference<>();

  /** From a question to its answer there is nothing to look for. */
  private volatile boolean waiting;

  /**
   * @param batchBytes the size of a text message of several frames, 0 if the client takes only one
   * @param compact whether its replay may leave out what a {@code response} stands for
   */
  Subscription(
      Feed feed,
      JoinOutcome outcome,
      ClientSink clientSink,
      long batchBytes,
      boolean compact,
      DeliveryContext deliveryContext) {
    this.feed = feed;
    this.clientSink = clientSink;
    this.deliveryContext = deliveryContext;
    deliveryRecord = outcome.presence();
    subscriptionSender = new SubscriptionSender(clientSink, outcome, batchBytes, compact);
  }

  /** The session that it follows. */
  long sessionKey() {
    return feed.sessionKey();
  }

  /**
   * Says that there may be something to send: a commit, a wake-up, a completed send. Never blocks,
   * may be called on any thread.
   */
  public void wake() {
    if (pendingWakes.getAndIncrement() == 0) {
      deliveryContext.ready(this);
    }
  }

  /**
   * As {@link #wake}, but looks on this thread, if no other does: one of the server's, which has
   * just written to this client and can write on with no hand-over. It may, because a look never
   * waits; what is left after one page gets in line. So do all clients of a crowded session, which
   * would keep the server's threads from everybody else.
   */
  public void lookHere() {
    if (pendingWakes.getAndIncrement() == 0) {
      if (feed.isCrowded()) {
        deliveryContext.ready(this);
      } else {
        deliveryContext.look(this);
      }
    }
  }

  /**
   * Wakes the subscription if it has something to do: what the others of its feed have learned, or
   * what a lost hint did not tell.
   */
  void wakeIfBehind() {
    if (isBehind()) {
      wake();
    }
  }

  /** Gives it what it has waited for. */
  void answer(ReadResult read) {
    answer.set(read);
    waiting = false;
    wake();
  }

  /** Ends the subscription: when this returns, nothing more of it is sent. */
  public void close() {
    subscriptionSender.close();
    deliveryContext.unsubscribed(feed, this);
  }

  /**
   * Ends the connection, because a restore took the session with it: the client comes back and is
   * told by its join.
   */
  void sessionGone() {
    clientSink.sessionGone();
  }

  /** What its client's reading is recorded under. */
  public DeliveryRecord deliveryRecord() {
    return deliveryRecord;
  }

  /** How far its client was sent the session. Waits for nothing but a sending under way. */
  public Progress progress() {
    return subscriptionSender.progress();
  }

  /** What this node knows of where the session stands. */
  public Position position() {
    return feed.known();
  }

  /** Whether it is still to be given what its client missed. */
  boolean isReplaying() {
    return subscriptionSender.isReplaying();
  }

  /** How many wakes the coming look answers. */
  int claim() {
    return pendingWakes.get();
  }

  /**
   * One look; called by one thread at a time.
   *
   * @return whether there is more to send at once
   */
  boolean look() {
    if (waiting || !subscriptionSender.isReady()) {
      return false;
    }
    subscriptionSender.completeReplay();
    if (isOvertaken(feed.known())) {
      subscriptionSender.turnTo(List.of()); // R9 holds also for what is in memory
    }
    if (!subscriptionSender.hasPage()) {
      takeAnswer();
    }
    if (!subscriptionSender.hasPage() && !waiting) {
      lookFurther(feed.known());
    }
    subscriptionSender.send();
    return !waiting && subscriptionSender.isReady() && (subscriptionSender.hasPage() || isBehind());
  }

  /**
   * Ends a look that answered so many wakes.
   *
   * @return whether another look is due: there is more to send, or wakes came meanwhile
   */
  boolean release(int claimed, boolean more) {
    return more || pendingWakes.addAndGet(-claimed) > 0;
  }

  private boolean isBehind() {
    return !feed.isAt(subscriptionSender.epoch(), subscriptionSender.next() - 1);
  }

  /** Whether the floor is above what the client needs next. */
  private boolean isOvertaken(Position known) {
    return known.epoch().equals(subscriptionSender.epoch())
        && subscriptionSender.next() < known.floor();
  }

  private void takeAnswer() {
    ReadResult read = answer.getAndSet(null);
    if (read instanceof ReadResult.Events events) {
      turnTo(wanted(events));
      if (!subscriptionSender.hasPage()) {
        resync(events.position()).ifPresent(reason -> ask(new ReadRequest.Snapshot(this, reason)));
      }
    } else if (read instanceof ReadResult.Snapshot snapshot) {
      subscriptionSender
          .resync(snapshot.frame())
          .ifPresent(resynced -> deliveryContext.resynced(deliveryRecord, resynced));
    }
  }

  /** Takes what the tail holds, or asks for what it does not. */
  private void lookFurther(Position known) {
    String epoch = subscriptionSender.epoch();
    if (isOvertaken(known)) {
      ask(new ReadRequest.Snapshot(this, ResyncReason.LAGGED));
      return;
    }
    if (subscriptionSender.isCompacting()) {
      ask(
          new ReadRequest.Compacted(
              epoch, subscriptionSender.next(), subscriptionSender.replayUntil()));
      return;
    }
    List<EncodedEvent> held = deliveryContext.held(feed, epoch, subscriptionSender.next());
    if (!held.isEmpty()) {
      turnTo(held);
    } else if (isBehind()) {
      ask(new ReadRequest.Events(epoch, subscriptionSender.next()));
    }
  }

  /** Sends this page from now on, and has the next ones read meanwhile. */
  private void turnTo(List<EncodedEvent> page) {
    subscriptionSender.turnTo(page);
    if (!page.isEmpty() && !subscriptionSender.isCompacting()) {
      long after = page.get(page.size() - 1).cursor() + 1;
      deliveryContext.readAhead(feed, subscriptionSender.epoch(), after);
    }
  }

  private void ask(ReadRequest readRequest) {
    waiting = true; // before the question: the answer may come at once
    deliveryContext.read(feed, readRequest, this);
  }

  /** What was read may begin before the next event, where others needed more of it. */
  private List<EncodedEvent> wanted(ReadResult.Events read) {
    List<EncodedEvent> events = read.events();
    if (events.isEmpty() || !read.position().epoch().equals(subscriptionSender.epoch())) {
      return List.of();
    }
    if (subscriptionSender.isCompacting()) {
      return events;
    }
    long first = subscriptionSender.next() - events.get(0).cursor();
    return first < 0 || first >= events.size()
        ? List.of()
        : events.subList((int) first, events.size());
  }

  private Optional<ResyncReason> resync(Position now) {
    if (!now.epoch().equals(subscriptionSender.epoch())) {
      return Optional.of(ResyncReason.EPOCH_CHANGED);
    }
    if (now.head() < subscriptionSender.next() - 1) {
      return Optional.of(ResyncReason.AHEAD_OF_HEAD);
    }
    return subscriptionSender.next() < now.floor()
        ? Optional.of(ResyncReason.LAGGED)
        : Optional.empty();
  }
}
