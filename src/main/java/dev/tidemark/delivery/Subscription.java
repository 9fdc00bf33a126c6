package dev.tidemark.delivery;

import dev.tidemark.session.JoinOutcome;
import dev.tidemark.session.Presence;
import dev.tidemark.session.Presence.Progress;
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
  private final Outlet outlet;
  private final Sending sending;
  private final Surroundings surroundings;
  private final Presence presence;
  private final AtomicInteger pendingWakes = new AtomicInteger();

  /** Put there by the thread that read it, taken by the next look. */
  private final AtomicReference<Answer> answer = new AtomicReference<>();

  /** From a question to its answer there is nothing to look for. */
  private volatile boolean waiting;

  /**
   * @param batchBytes the size of a text message of several frames, 0 if the client takes only one
   * @param compact whether its replay may leave out what a {@code response} stands for
   */
  Subscription(
      Feed feed,
      JoinOutcome outcome,
      Outlet outlet,
      long batchBytes,
      boolean compact,
      Surroundings surroundings) {
    this.feed = feed;
    this.outlet = outlet;
    this.surroundings = surroundings;
    presence = outcome.presence();
    sending = new Sending(outlet, outcome, batchBytes, compact);
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
      surroundings.ready(this);
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
        surroundings.ready(this);
      } else {
        surroundings.look(this);
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
  void answer(Answer read) {
    answer.set(read);
    waiting = false;
    wake();
  }

  /** Ends the subscription: when this returns, nothing more of it is sent. */
  public void close() {
    sending.close();
    surroundings.unsubscribed(feed, this);
  }

  /**
   * Ends the connection, because a restore took the session with it: the client comes back and is
   * told by its join.
   */
  void sessionGone() {
    outlet.sessionGone();
  }

  /** What its client's reading is recorded under. */
  public Presence presence() {
    return presence;
  }

  /** How far its client was sent the session. Waits for nothing but a sending under way. */
  public Progress progress() {
    return sending.progress();
  }

  /** What this node knows of where the session stands. */
  public Position position() {
    return feed.known();
  }

  /** Whether it is still to be given what its client missed. */
  boolean isReplaying() {
    return sending.isReplaying();
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
    if (waiting || !sending.isReady()) {
      return false;
    }
    sending.completeReplay();
    if (isOvertaken(feed.known())) {
      sending.turnTo(List.of()); // R9 holds also for what is in memory
    }
    if (!sending.hasPage()) {
      takeAnswer();
    }
    if (!sending.hasPage() && !waiting) {
      lookFurther(feed.known());
    }
    sending.send();
    return !waiting && sending.isReady() && (sending.hasPage() || isBehind());
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
    return !feed.isAt(sending.epoch(), sending.next() - 1);
  }

  /** Whether the floor is above what the client needs next. */
  private boolean isOvertaken(Position known) {
    return known.epoch().equals(sending.epoch()) && sending.next() < known.floor();
  }

  private void takeAnswer() {
    Answer read = answer.getAndSet(null);
    if (read instanceof Answer.Events events) {
      turnTo(wanted(events));
      if (!sending.hasPage()) {
        resync(events.position()).ifPresent(reason -> ask(new Reading.Snapshot(this, reason)));
      }
    } else if (read instanceof Answer.Snapshot snapshot) {
      sending
          .resync(snapshot.frame())
          .ifPresent(resynced -> surroundings.resynced(presence, resynced));
    }
  }

  /** Takes what the tail holds, or asks for what it does not. */
  private void lookFurther(Position known) {
    String epoch = sending.epoch();
    if (isOvertaken(known)) {
      ask(new Reading.Snapshot(this, ResyncReason.LAGGED));
      return;
    }
    if (sending.isCompacting()) {
      ask(new Reading.Compacted(epoch, sending.next(), sending.replayUntil()));
      return;
    }
    List<EncodedEvent> held = surroundings.held(feed, epoch, sending.next());
    if (!held.isEmpty()) {
      turnTo(held);
    } else if (isBehind()) {
      ask(new Reading.Events(epoch, sending.next()));
    }
  }

  /** Sends this page from now on, and has the next ones read meanwhile. */
  private void turnTo(List<EncodedEvent> page) {
    sending.turnTo(page);
    if (!page.isEmpty() && !sending.isCompacting()) {
      long after = page.get(page.size() - 1).cursor() + 1;
      surroundings.readAhead(feed, sending.epoch(), after);
    }
  }

  private void ask(Reading reading) {
    waiting = true; // before the question: the answer may come at once
    surroundings.read(feed, reading, this);
  }

  /** What was read may begin before the next event, where others needed more of it. */
  private List<EncodedEvent> wanted(Answer.Events read) {
    List<EncodedEvent> events = read.events();
    if (events.isEmpty() || !read.position().epoch().equals(sending.epoch())) {
      return List.of();
    }
    if (sending.isCompacting()) {
      return events;
    }
    long first = sending.next() - events.get(0).cursor();
    return first < 0 || first >= events.size()
        ? List.of()
        : events.subList((int) first, events.size());
  }

  private Optional<ResyncReason> resync(Position now) {
    if (!now.epoch().equals(sending.epoch())) {
      return Optional.of(ResyncReason.EPOCH_CHANGED);
    }
    if (now.head() < sending.next() - 1) {
      return Optional.of(ResyncReason.AHEAD_OF_HEAD);
    }
    return sending.next() < now.floor() ? Optional.of(ResyncReason.LAGGED) : Optional.empty();
  }
}
