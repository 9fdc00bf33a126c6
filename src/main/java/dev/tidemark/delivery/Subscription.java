package dev.tidemark.delivery;

import dev.tidemark.log.Page;
import dev.tidemark.session.JoinOutcome;
import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.Position;
import dev.tidemark.wire.Replay;
import dev.tidemark.wire.ReplayComplete;
import dev.tidemark.wire.ResyncReason;
import dev.tidemark.wire.SnapshotFrame;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One client's cursor over one session's log. Each look sends what the client still needs, as far
 * as its window allows:
 *
 * <ul>
 *   <li>events up to the head at the join as {@code replay} frames, then {@code replay_complete},
 *       then events as they are (R4);
 *   <li>from the tail if the next event is in it, else a page from the database; never more than
 *       one page is held;
 *   <li>if the next event is below the floor, or the epoch is another, or the head lies before it:
 *       a new snapshot, and on from there (R9).
 * </ul>
 *
 * <p>Looks never overlap: whoever raises the number of pending wakes from zero brings it to a
 * worker, and the worker keeps it until the number is zero again.
 */
public final class Subscription {
  private final Feed feed;
  private final Outlet outlet;
  private final Reader reader;
  private final Wakes wakes;
  private final long replayUntil;
  private final AtomicInteger pendingWakes = new AtomicInteger();
  private final ArrayDeque<EventFrame> page = new ArrayDeque<>();
  private volatile String epoch;
  private volatile long next;
  private boolean replaying;
  private boolean closed;

  /** Reads on behalf of subscriptions. */
  interface Reader {
    Page page(long sessionKey, long fromCursor);

    SnapshotFrame snapshot(long sessionKey, ResyncReason reason);
  }

  /** Gets a subscription looked at soon, on a thread that may wait. */
  interface Wakes {
    void ready(Subscription subscription);

    void unsubscribed(Feed feed, Subscription subscription);
  }

  Subscription(Feed feed, JoinOutcome outcome, Outlet outlet, Reader reader, Wakes wakes) {
    this.feed = feed;
    this.outlet = outlet;
    this.reader = reader;
    this.wakes = wakes;
    epoch = outcome.position().epoch();
    next = outcome.baseline() + 1;
    replayUntil = outcome.position().head();
    replaying = true;
  }

  /**
   * Says that there may be something to send: a commit, a wake-up, a completed send. Never blocks,
   * may be called on any thread.
   */
  public void wake() {
    if (pendingWakes.getAndIncrement() == 0) {
      wakes.ready(this);
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

  /** Ends the subscription: when this returns, nothing more of it is sent. */
  public void close() {
    synchronized (this) {
      closed = true;
      page.clear();
    }
    wakes.unsubscribed(feed, this);
  }

  /**
   * Ends the connection, because a restore took the session with it: the client comes back and is
   * told by its join.
   */
  void sessionGone() {
    outlet.sessionGone();
  }

  /** What this node knows of where the session stands. */
  public Position position() {
    return feed.known();
  }

  /** One look; called by one thread at a time. */
  void look() {
    if (!outlet.hasRoom() || isClosed()) {
      return;
    }
    if (page.isEmpty() && !fill()) {
      return;
    }
    sendPage();
  }

  /** How many wakes the coming look answers. */
  int claim() {
    return pendingWakes.get();
  }

  /**
   * Ends a look that answered so many wakes.
   *
   * @return whether another look is due: wakes came meanwhile, or there is more to send and room
   *     for it
   */
  boolean release(int claimed) {
    return mayGoOn() || pendingWakes.addAndGet(-claimed) > 0;
  }

  private boolean mayGoOn() {
    return !isClosed()
        && outlet.hasRoom()
        && (!page.isEmpty() || isBehind() || (replaying && next > replayUntil));
  }

  private boolean isBehind() {
    return !feed.isAt(epoch, next - 1);
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** Gets the next page; false if there is none. */
  private boolean fill() {
    if (next > replayUntil) {
      completeReplay();
    }
    if (!isBehind()) {
      return false;
    }
    var fromTail = feed.tail().from(epoch, next, Integer.MAX_VALUE);
    if (!fromTail.isEmpty()) {
      hold(fromTail);
      return true;
    }
    Feed.Heard before = feed.heard();
    Page read = reader.page(feed.sessionKey(), next);
    feed.read(before, read.position());
    Optional<ResyncReason> resync = resync(read.position());
    if (resync.isPresent()) {
      resync(reader.snapshot(feed.sessionKey(), resync.get()));
      return false;
    }
    feed.tail().add(epoch, read.events()); // the others who listen need not read it again
    hold(read.events());
    return !read.events().isEmpty();
  }

  private Optional<ResyncReason> resync(Position now) {
    if (!now.epoch().equals(epoch)) {
      return Optional.of(ResyncReason.EPOCH_CHANGED);
    }
    if (now.head() < next - 1) {
      return Optional.of(ResyncReason.AHEAD_OF_HEAD);
    }
    return next < now.floor() ? Optional.of(ResyncReason.LAGGED) : Optional.empty();
  }

  private synchronized void hold(Iterable<EventFrame> events) {
    if (!closed) {
      events.forEach(page::addLast);
    }
  }

  private synchronized void resync(SnapshotFrame snapshot) {
    if (closed) {
      return;
    }
    outlet.send(snapshot);
    epoch = snapshot.position().epoch();
    next = snapshot.position().head() + 1;
    completeReplay();
  }

  private synchronized void completeReplay() {
    if (replaying && !closed) {
      replaying = false;
      outlet.send(new ReplayComplete(next - 1));
    }
  }

  private synchronized void sendPage() {
    while (!closed && !page.isEmpty() && outlet.hasRoom()) {
      EventFrame event = page.removeFirst();
      outlet.send(event.cursor() <= replayUntil && replaying ? new Replay(event) : event);
      next = event.cursor() + 1;
      if (next > replayUntil) {
        completeReplay();
      }
    }
  }
}
