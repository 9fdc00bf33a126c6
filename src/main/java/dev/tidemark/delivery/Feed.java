package dev.tidemark.delivery;

import dev.tidemark.log.Appended;
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

  /** Takes in events that this node has committed. */
  void appended(Appended event) {
    tail.add(event.position().epoch(), event.events());
    advanceTo(event.position());
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
   * Takes in a head that another node told of. It says nothing of the epoch; the page that is read
   * because of it does.
   */
  synchronized void hint(long head) {
    known = new Position(known.epoch(), Math.max(known.head(), head), known.floor());
  }

  /**
   * Takes in a position read from the database, even if it is a step back, as after a restore that
   * nobody noticed: but only if nothing was heard since the read began.
   */
  synchronized void read(Position before, Position position) {
    if (known.equals(before)) {
      known = position;
    } else {
      advanceTo(position);
    }
  }
}
