package dev.tidemark.delivery;

import dev.tidemark.log.TenantSession;
import dev.tidemark.wire.EncodedEvent;
import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.Position;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * This node's state of one session that has subscriptions: its position, its subscriptions, and the
 * reads that they wait for.
 */
final class Feed {
  /** From this number on, the clients of a session alternate with those of others. */
  private static final int CROWD = 16;

  private static final long DAMAGE_SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final TenantSession tenantSession;
  private final PendingReads pendingReads = new PendingReads();
  private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
  private Position known;
  private long hinted;
  private long hintedNanos;
  private long damageSilentUntil = System.nanoTime();

  Feed(TenantSession tenantSession, Position joinedAt) {
    this.tenantSession = tenantSession;
    this.known = joinedAt;
  }

  long sessionKey() {
    return tenantSession.sessionKey();
  }

  /** The session as its log is read, for clients that were all let in. */
  TenantSession tenantSession() {
    return tenantSession;
  }

  PendingReads pendingReads() {
    return pendingReads;
  }

  Set<Subscription> subscriptions() {
    return subscriptions;
  }

  /** Whether it has enough subscriptions to hold up the other sessions. */
  boolean isCrowded() {
    return subscriptions.size() >= CROWD;
  }

  /**
   * The newest position that this node has heard of: committed, but perhaps not the session's
   * newest.
   */
  synchronized Position known() {
    return known;
  }

  /**
   * Takes in a committed position. Within an epoch the newest is the one with the highest head. A
   * position of another epoch cannot be compared: it is taken, and if it was the older one, the
   * next poll corrects it.
   */
  synchronized void advanceTo(Position position) {
    if (!position.epoch().equals(known.epoch())) {
      known = position;
    } else {
      known =
          new Position(
              known.epoch(),
              Math.max(known.head(), position.head()),
              Math.max(known.floor(), position.floor()));
    }
  }

  /**
   * Takes in a head that was announced by another node or by a container transaction, which
   * announces a success even if the database died during the commit. Only a hint: the events are
   * read from the database before they are sent (R2).
   */
  synchronized void hint(long head) {
    if (hinted <= known.head()) {
      hintedNanos = System.nanoTime(); // the first hint that no read has settled yet
    }
    hinted = Math.max(hinted, head);
  }

  /** The highest head that is known or was announced. */
  synchronized long highest() {
    return Math.max(known.head(), hinted);
  }

  /** Whether a client at this cursor has all events that are known or were announced. */
  synchronized boolean isAt(String epoch, long cursor) {
    return known.epoch().equals(epoch) && known.head() == cursor && hinted <= cursor;
  }

  /**
   * The state of a feed at a moment: the known position and the announced head.
   *
   * @param hintedNanos when a head above the known one was first announced
   */
  record Heard(Position known, long hinted, long hintedNanos) {
    /** How this node heard of an event that was then read; {@code null} if it was known already. */
    EncodedEvent.Heard howHeard(EventFrame event) {
      return event.cursor() > known.head() && hinted > known.head()
          ? new EncodedEvent.Heard(hintedNanos, false)
          : null;
    }
  }

  synchronized Heard heard() {
    return new Heard(known, hinted, hintedNanos);
  }

  /**
   * Takes in a position that was read from the database. A step back, as after an unnoticed
   * restore, is taken only if nothing was heard since the read began.
   *
   * @return whether it was a step back within the epoch
   */
  synchronized boolean read(Heard before, Position position) {
    boolean back = false;
    if (known.equals(before.known())) {
      back = position.epoch().equals(known.epoch()) && position.head() < known.head();
      known = position;
    } else {
      advanceTo(position);
    }
    if (hinted == before.hinted()) {
      hinted = 0; // settled: the events are in the position, or were never committed
    }
    return back;
  }

  /** Whether to report damage of this session to the operator: once a minute. */
  synchronized boolean shouldReportDamage() {
    long now = System.nanoTime();
    if (now - damageSilentUntil < 0) {
      return false;
    }
    damageSilentUntil = now + DAMAGE_SILENCE_NANOS;
    return true;
  }
}
