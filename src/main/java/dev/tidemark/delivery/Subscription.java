package dev.tidemark.delivery;

import dev.tidemark.session.DeliveryRecord;
import dev.tidemark.session.DeliveryRecord.Progress;
import dev.tidemark.session.JoinOutcome;
import dev.tidemark.wire.EncodedEvent;
import dev.tidemark.wire.Position;
import dev.tidemark.wire.ResyncReason;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One client's cursor over one session's log. Each look sends the next events, as far as the
 * client's window allows:
 *
 * <ul>
 *   <li>from the tail if the next event is in it; otherwise a read is requested, and the
 *       subscription is woken with its result. A look never waits;
 *   <li>in a compact replay always from the database, which knows the deltas to leave out;
 *   <li>between two looks the rest of a page is kept only if there is memory to spare for it;
 *   <li>if the next event is below the floor, or the cursor is of another epoch or above the head:
 *       a new snapshot, and on from there (R9).
 * </ul>
 *
 * <p>Looks never overlap: the wake that raises the number of pending wakes from zero brings the
 * subscription to a worker, and the worker keeps it until the number is zero again.
 */
public final class Subscription {
  private final Feed feed;
  private final Tail tail;
  private final ClientSink clientSink;
  private final SubscriptionSender sender;
  private final DeliveryContext context;
  private final DeliveryRecord deliveryRecord;
  private final AtomicInteger pendingWakes = new AtomicInteger();

  /** Set by the thread that read it, taken by the next look. */
  private final AtomicReference<ReadResult> result = new AtomicReference<>();

  /** Between a request and its result there is nothing to look for. */
  private volatile boolean waiting;

  private volatile boolean closed;

  /**
   * @param batchBytes the size limit of a text message of several frames, 0 if the client takes
   *     only one
   * @param compact whether its replay may leave out the deltas that a {@code response} stands for
   */
  Subscription(
      Feed feed,
      Tail tail,
      JoinOutcome outcome,
      ClientSink clientSink,
      long batchBytes,
      boolean compact,
      DeliveryContext context) {
    this.feed = feed;
    this.tail = tail;
    this.clientSink = clientSink;
    this.context = context;
    deliveryRecord = outcome.deliveryRecord();
    sender = new SubscriptionSender(clientSink, outcome, batchBytes, compact);
  }

  long sessionKey() {
    return feed.sessionKey();
  }

  /**
   * Has the subscription looked at, after a commit, a wake-up or a completed send. Never blocks,
   * may be called on any thread.
   */
  public void wake() {
    if (pendingWakes.getAndIncrement() == 0) {
      ready();
    }
  }

  /** Where it cannot be queued, it has no pending wake: the next one queues it. */
  private void ready() {
    try {
      context.ready(this);
    } catch (RuntimeException | Error e) {
      pendingWakes.set(0);
      throw e;
    }
  }

  /**
   * As {@link #wake}, but looks on this thread unless another thread looks. This thread is one of
   * the server's, which has just written to this client and can write on without a hand-over. It
   * may look, because a look never waits; after one page the subscription is queued. The clients of
   * a crowded session are always queued: they would keep the server's threads from all others.
   */
  public void lookHere() {
    if (pendingWakes.getAndIncrement() == 0) {
      if (feed.isCrowded()) {
        ready();
      } else {
        context.look(this);
      }
    }
  }

  /** Wakes the subscription if its client has not been sent all events. */
  void wakeIfBehind() {
    if (isBehind()) {
      wake();
    }
  }

  /** Takes the result of its request. */
  void take(ReadResult read) {
    result.set(read);
    waiting = false;
    wake();
  }

  /** Ends the subscription: when this returns, nothing more of it is sent. */
  public void close() {
    closed = true;
    try {
      sender.close();
    } finally {
      context.unsubscribed(feed, this);
    }
  }

  /** Whether it is closed; asks for no lock. */
  boolean isClosed() {
    return closed;
  }

  /**
   * Ends the connection, because a restore removed the session: the client comes back and learns it
   * from its join.
   */
  void sessionGone() {
    clientSink.sessionGone();
  }

  ClientSink clientSink() {
    return clientSink;
  }

  /** The record of what its client was sent. */
  public DeliveryRecord deliveryRecord() {
    return deliveryRecord;
  }

  /** The progress of its client. Waits for nothing but a send that is under way. */
  public Progress progress() {
    return sender.progress();
  }

  /** The session's position, as far as this node knows it. */
  public Position position() {
    return feed.known();
  }

  /** Whether its client is still sent what it missed. */
  boolean isReplaying() {
    return sender.isReplaying();
  }

  /** The time from the join to the end of its replay; empty before, or with nothing to replay. */
  OptionalLong replayNanos() {
    return sender.replayNanos();
  }

  /** The number of wakes that the coming look covers. */
  int claim() {
    return pendingWakes.get();
  }

  /**
   * Sends the available events, up to one page; called by one thread at a time.
   *
   * @return whether there is more to send at once
   */
  boolean look() {
    if (waiting || !sender.isReady()) {
      return false;
    }
    sender.completeReplay();
    if (isOvertaken(feed.known())) {
      sender.startPage(List.of()); // R9 holds also for events in memory
    }
    if (!sender.hasPage()) {
      useResult();
    }
    if (!sender.hasPage() && !waiting) {
      findNext(feed.known());
    }
    sender.send().ifPresent(context::handedOver);
    sender.keepOrForgetPage();
    return !waiting && sender.isReady() && (sender.hasPage() || isBehind());
  }

  /** Ends a look that failed and cannot be tried again: the next wake queues the subscription. */
  void forget() {
    pendingWakes.set(0);
  }

  /**
   * Ends a look.
   *
   * @param claimed the number of wakes that the look covered
   * @return whether another look is due: there is more to send, or wakes came meanwhile
   */
  boolean release(int claimed, boolean more) {
    return more || pendingWakes.addAndGet(-claimed) > 0;
  }

  private boolean isBehind() {
    return !feed.isAt(sender.epoch(), sender.next() - 1);
  }

  /** Whether the floor is above the event that the client needs next. */
  private boolean isOvertaken(Position known) {
    return known.epoch().equals(sender.epoch()) && sender.next() < known.floor();
  }

  private void useResult() {
    ReadResult read = result.getAndSet(null);
    if (read instanceof ReadResult.Events events) {
      startPage(neededOf(events));
      if (!sender.hasPage()) {
        resyncReason(events.position())
            .ifPresent(reason -> request(new ReadRequest.Snapshot(this, reason)));
      }
    } else if (read instanceof ReadResult.Snapshot snapshot) {
      sender
          .resync(snapshot.frame())
          .ifPresent(resynced -> context.resynced(deliveryRecord, resynced));
    }
  }

  /** Takes the next events from the tail, or requests them if they are not there. */
  private void findNext(Position known) {
    String epoch = sender.epoch();
    if (isOvertaken(known)) {
      request(new ReadRequest.Snapshot(this, ResyncReason.LAGGED));
      return;
    }
    if (sender.isCompacting()) {
      request(new ReadRequest.Compacted(epoch, sender.next(), sender.replayUntil()));
      return;
    }
    List<EncodedEvent> held = tail.from(feed.sessionKey(), epoch, sender.next());
    if (!held.isEmpty()) {
      startPage(held);
    } else if (isBehind()) {
      request(new ReadRequest.Events(epoch, sender.next()));
    }
  }

  /** Sends this page from now on, and has the next pages read meanwhile. */
  private void startPage(List<EncodedEvent> page) {
    sender.startPage(page);
    if (!page.isEmpty() && !sender.isCompacting()) {
      context.readAhead(feed, sender.epoch(), page.get(page.size() - 1).cursor() + 1);
    }
  }

  private void request(ReadRequest request) {
    waiting = true; // before the request: its result may come at once
    try {
      context.read(feed, request, this);
    } catch (RuntimeException | Error e) {
      waiting = false; // the next look asks again
      throw e;
    }
  }

  private List<EncodedEvent> neededOf(ReadResult.Events read) {
    if (!read.position().epoch().equals(sender.epoch())) {
      return List.of();
    }
    return sender.isCompacting() ? read.events() : read.from(sender.next());
  }

  private Optional<ResyncReason> resyncReason(Position now) {
    if (!now.epoch().equals(sender.epoch())) {
      return Optional.of(ResyncReason.EPOCH_CHANGED);
    }
    if (now.head() < sender.next() - 1) {
      return Optional.of(ResyncReason.AHEAD_OF_HEAD);
    }
    return sender.next() < now.floor() ? Optional.of(ResyncReason.LAGGED) : Optional.empty();
  }
}
