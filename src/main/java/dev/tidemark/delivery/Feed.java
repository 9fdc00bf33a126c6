package dev.tidemark.delivery;

import dev.tidemark.log.TenantSession;
import dev.tidemark.wire.Position;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * What this node knows of one session that somebody listens to: where it stands, who listens, and
 * what is to be read for them.
 */
final class Feed {
  /** From here on the clients of one session take turns with those of others. */
  private static final int CROWD = 16;

  private static final long DAMAGE_SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final TenantSession tenantSession;
  private final PendingReads pendingReads = new PendingReads();
  private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
  private Position known;
  private long hinted;
  private long silentAboutDamageUntil = System.nanoTime();

  Feed(TenantSession tenantSession, Position joinedAt) {
    this.tenantSession = tenantSession;
    this.known = joinedAt;
  }

  long sessionKey() {
    return tenantSession.sessionKey();
  }

  /** What is read for those who listen, each of whom was let in. */
  TenantSession scope() {
    return tenantSession;
  }

  PendingReads readings() {
    return pendingReads;
  }

  Set<Subscription> subscriptions() {
    return subscriptions;
  }

  /** Whether so many listen that they could hold up the other sessions. */
  boolean isCrowded() {
    return subscriptions.size() >= CROWD;
  }

  /**
   * The newest position that this node has heard of: committed, but perhaps not the newest that
   * there is.
   */
  synchronized Position known() {
    return known;
  }

  /**
   * Takes in a position that was committed at some time. Within an epoch the newest is the one with
   * the highest head. A position of another epoch cannot be compared: it is taken, and if it was
   * the older one, the next poll puts it right.
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
   * Takes in a head that somebody tells of: another node, or a container's transaction, which
   * announces a success also when the database died during the commit. Only a hint: what it tells
   * of is read from the database before it is sent (R2).
   */
  synchronized void hint(long head) {
    hinted = Math.max(hinted, head);
  }

  /** The highest head that it was told of. */
  synchronized long highest() {
    return Math.max(known.head(), hinted);
  }

  /** Whether nothing is known or hinted of that a client at this cursor has not got. */
  synchronized boolean isAt(String epoch, long cursor) {
    return known.epoch().equals(epoch) && known.head() == cursor && hinted <= cursor;
  }

  /** What was known and hinted at a moment. */
  record Heard(Position known, long hinted) {}

  synchronized Heard heard() {
    return new Heard(known, hinted);
  }

  /**
   * Takes in a position read from the database, even if it is a step back, as after a restore that
   * nobody noticed: but only if nothing was heard since the read began.
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
      hinted = 0; // answered: what it told of is in the position, or was never committed
    }
    return back;
  }

  /** Whether the operator is to be told of damage to this session: once a minute. */
  synchronized boolean tellsOfDamage() {
    long now = System.nanoTime();
    if (now - silentAboutDamageUntil < 0) {
      return false;
    }
    silentAboutDamageUntil = now + DAMAGE_SILENCE_NANOS;
    return true;
  }
}
