package dev.tidemark.delivery;

import dev.tidemark.wire.Position;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this node knows of one session that somebody listens to: where it stands, its tail, and who
 * listens.
 */
final class Feed {
  private final long sessionKey;
  private final Tail tail;
  private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
  private Position known;
  private long hinted;

  Feed(long sessionKey, Position joinedAt, Tail tail) {
    this.sessionKey = sessionKey;
    this.known = joinedAt;
    this.tail = tail;
  }

  long sessionKey() {
    return sessionKey;
  }

  Tail tail() {
    return tail;
  }

  Set<Subscription> subscriptions() {
    return subscriptions;
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
   * Takes in a head that an append tells of, here or on another node. Only a hint: when the
   * database dies during a commit, the container announces events whose fate is unknown. What is
   * sent is always read from the database (R2).
   */
  synchronized void hint(long head) {
    hinted = Math.max(hinted, head);
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
   */
  synchronized void read(Heard before, Position position) {
    if (known.equals(before.known())) {
      known = position;
    } else {
      advanceTo(position);
    }
    if (hinted == before.hinted()) {
      hinted = 0; // answered: what it told of is in the position, or was never committed
    }
  }
}
