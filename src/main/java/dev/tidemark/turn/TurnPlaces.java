package dev.tidemark.turn;

import dev.tidemark.log.Sender;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The places for running turns on this node, and the lines of sessions that wait for one, a line
 * for each sender. A turn may take a place for half an hour and gives it back to nobody before: so
 * nobody may take the last ones. With a share of s out of n places a sender may have fewer than the
 * part s/n of the places that others leave, and so may a tenant: one alone gets s places, each next
 * one a smaller number, so that many have to come before none is left. A free place goes to the
 * tenant, and there to the sender, that has the fewest, whoever came first; among equals to the one
 * that was served longest ago.
 *
 * <p>A session is here once. All state is guarded by the monitor, which is never held while
 * anything else is called.
 */
final class TurnPlaces {
  private final int places;
  private final int ofSender;
  private final int ofTenant;
  private final LongSupplier nanoTime;
  private final Map<Long, Place> sessions = new HashMap<>();

  /** In the order in which they were served, the longest ago first. */
  private final Map<Sender, Line> lines = new LinkedHashMap<>();

  private final Map<String, Integer> takenByTenant = new HashMap<>();
  private int taken;

  /** A session that waits for a place or has one. */
  static final class Place {
    private final long sessionKey;
    private Sender sender;
    private long sinceNanos;
    private boolean taken;
    private Sender hint;

    private Place(long sessionKey) {
      this.sessionKey = sessionKey;
    }

    long sessionKey() {
      return sessionKey;
    }

    /** The sender in whose share it is; does not change while the place is taken. */
    Sender sender() {
      return sender;
    }
  }

  private static final class Line {
    private final Sender sender;
    private final ArrayDeque<Place> waiting = new ArrayDeque<>();
    private int taken;

    Line(Sender sender) {
      this.sender = sender;
    }
  }

  TurnPlaces(int places, int ofSender, int ofTenant, LongSupplier nanoTime) {
    this.places = places;
    this.ofSender = Math.min(places, ofSender);
    this.ofTenant = Math.min(places, ofTenant);
    this.nanoTime = nanoTime;
  }

  /**
   * Puts a session in line. While it has a place, the hint is kept for the end of its turn. A line
   * is no longer than its sender's share; what does not fit is found again by the sweep.
   */
  synchronized void offer(long sessionKey, Sender sender) {
    Place place = sessions.get(sessionKey);
    if (place == null) {
      join(new Place(sessionKey), sender);
    } else if (place.taken) {
      place.hint = sender;
    } else if (!place.sender.equals(sender)) {
      leaveLine(place);
      join(place, sender);
    }
  }

  private void join(Place place, Sender sender) {
    Line line = lines.computeIfAbsent(sender, Line::new);
    if (line.waiting.size() >= ofSender) {
      sessions.remove(place.sessionKey);
      return;
    }
    place.sender = sender;
    place.sinceNanos = nanoTime.getAsLong();
    place.taken = false;
    place.hint = null;
    sessions.put(place.sessionKey, place);
    line.waiting.add(place);
  }

  private void leaveLine(Place place) {
    Line line = lines.get(place.sender);
    line.waiting.remove(place);
    dropIfEmpty(line);
  }

  private void dropIfEmpty(Line line) {
    if (line.taken == 0 && line.waiting.isEmpty()) {
      lines.remove(line.sender);
    }
  }

  /** Takes a place for the session whose turn it is; empty if none waits that may have one. */
  synchronized Optional<Place> take() {
    Optional<Line> next =
        lines.values().stream()
            .filter(line -> !line.waiting.isEmpty() && mayTake(line))
            .min(Comparator.comparingInt(this::ofItsTenant).thenComparingInt(line -> line.taken));
    return next.map(
        line -> {
          lines.remove(line.sender);
          lines.put(line.sender, line); // behind all others
          Place place = line.waiting.remove();
          place.taken = true;
          line.taken++;
          takenByTenant.merge(line.sender.tenant(), 1, Integer::sum);
          taken++;
          return place;
        });
  }

  private boolean mayTake(Line line) {
    return isWithin(line.taken, ofSender) && isWithin(ofItsTenant(line), ofTenant);
  }

  private int ofItsTenant(Line line) {
    return takenByTenant.getOrDefault(line.sender.tenant(), 0);
  }

  /** The same as {@code own < share / places * (places - (taken - own))}, in whole numbers. */
  private boolean isWithin(int own, int share) {
    return (long) own * (places - share) < (long) share * (places - taken);
  }

  /** Forgets the hints that came so far: the caller looks for the session's next turn now. */
  synchronized void looking(Place place) {
    place.hint = null;
  }

  /**
   * Gives a place back, and puts the session in line again if it has another turn or a hint came
   * meanwhile.
   */
  synchronized void giveBack(Place place, Optional<Sender> next) {
    Line line = lines.get(place.sender);
    line.taken--;
    taken--;
    takenByTenant.computeIfPresent(
        line.sender.tenant(), (tenant, count) -> count == 1 ? null : count - 1);
    dropIfEmpty(line);
    if (sessions.get(place.sessionKey) == place) {
      Optional<Sender> again = next.or(() -> Optional.ofNullable(place.hint));
      sessions.remove(place.sessionKey);
      again.ifPresent(sender -> join(place, sender));
    }
  }

  /**
   * Lets a session go on although the agent of its ended turn does not: the agent keeps its place
   * until it returns.
   */
  synchronized void leaveBehind(long sessionKey) {
    Place place = sessions.get(sessionKey);
    if (place != null && place.taken) {
      sessions.remove(sessionKey);
    }
  }

  /** Whether no session has a place. */
  synchronized boolean isIdle() {
    return sessions.values().stream().noneMatch(place -> place.taken);
  }

  /** The number of sessions in line. */
  synchronized int waiting() {
    return lines.values().stream().mapToInt(line -> line.waiting.size()).sum();
  }

  /** The longest time for which a session has been in line, in nanoseconds; 0 if none is. */
  synchronized long longestWaitNanos() {
    long now = nanoTime.getAsLong();
    return lines.values().stream()
        .filter(line -> !line.waiting.isEmpty())
        .mapToLong(line -> now - line.waiting.peek().sinceNanos)
        .max()
        .orElse(0);
  }
}
