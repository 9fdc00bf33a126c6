package dev.tidemark.turn;

import dev.tidemark.log.Sender;
import java.util.Comparator;
import java.util.HashMap;
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
 * that was served longest ago. The heap that turns hold is shared in the same way, see {@link
 * TurnMemory}.
 *
 * <p>A session is here once. All state is guarded by the monitor, which is never held while
 * anything else is called. Whatever may fail for lack of memory comes before the first change, or
 * is undone: else a place or a session would be lost until a restart.
 */
final class TurnPlaces {
  private final int places;
  private final int ofSender;
  private final int ofTenant;
  private final TurnMemory memory;
  private final LongSupplier nanoTime;
  private final Map<Long, Place> sessions = new HashMap<>();
  private final Map<Sender, SenderLine> lines = new HashMap<>();
  private final Map<String, SenderLine.Tenant> tenants = new HashMap<>();
  private int taken;
  private long grown;
  private long served;

  /** A session that waits for a place or has one. */
  static final class Place {
    private final long sessionKey;
    private Sender sender;
    private SenderLine line;
    private long sinceNanos;
    private boolean taken;
    private Sender hint;

    /** The heap that is reserved for its turn, and what its answer takes besides. */
    private long reserved;

    private long grown;

    /** The heap for which there was no room when it had a place; 0 if that is not known. */
    private long wanted;

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

  TurnPlaces(int places, int ofSender, int ofTenant, TurnMemory memory, LongSupplier nanoTime) {
    this.places = places;
    this.ofSender = Math.min(places, ofSender);
    this.ofTenant = Math.min(places, ofTenant);
    this.memory = memory;
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
      sessions.remove(sessionKey);
      place.line.waiting.remove(place);
      dropIfEmpty(place.line);
      join(new Place(sessionKey), sender);
    }
  }

  /** Puts in line a place that nothing here knows. */
  private void join(Place place, Sender sender) {
    if (place.wanted == 0) { // else its turn has not run since then
      place.sinceNanos = nanoTime.getAsLong();
    }
    SenderLine line = lineOf(sender);
    place.sender = sender;
    place.line = line;
    try {
      if (line.waiting.size() < ofSender) {
        line.waiting.add(place);
        sessions.put(place.sessionKey, place);
      }
    } catch (Error e) {
      line.waiting.remove(place);
      sessions.remove(place.sessionKey);
      throw e;
    } finally {
      dropIfEmpty(line);
    }
  }

  private SenderLine lineOf(Sender sender) {
    SenderLine known = lines.get(sender);
    if (known != null) {
      return known;
    }
    SenderLine.Tenant tenant =
        tenants.computeIfAbsent(sender.tenant(), name -> new SenderLine.Tenant());
    try {
      SenderLine line = new SenderLine(sender, tenant);
      line.served = ++served;
      lines.put(sender, line);
      tenant.lines++;
      return line;
    } finally {
      dropIfEmpty(sender.tenant(), tenant);
    }
  }

  private void dropIfEmpty(SenderLine line) {
    if (line.isEmpty() && lines.remove(line.sender, line)) {
      line.tenant.lines--;
      dropIfEmpty(line.sender.tenant(), line.tenant);
    }
  }

  private void dropIfEmpty(String name, SenderLine.Tenant tenant) {
    if (tenant.lines == 0) {
      tenants.remove(name);
    }
  }

  /** Takes a place for the session whose turn it is; empty if none waits that may have one. */
  synchronized Optional<Place> take() {
    Optional<SenderLine> next =
        lines.values().stream()
            .filter(line -> !line.waiting.isEmpty() && mayTake(line))
            .min(
                Comparator.comparingInt(SenderLine::takenByTenant)
                    .thenComparingInt(SenderLine::taken)
                    .thenComparingLong(SenderLine::served));
    if (next.isEmpty()) {
      return Optional.empty();
    }
    SenderLine line = next.get();
    Optional<Place> place = Optional.of(line.waiting.peek());
    line.waiting.poll();
    line.served = ++served;
    line.taken++;
    line.tenant.taken++;
    taken++;
    place.get().taken = true;
    return place;
  }

  private boolean mayTake(SenderLine line) {
    return isWithin(line.taken, ofSender)
        && isWithin(line.tenant.taken, ofTenant)
        && memory.mayTake(line.bytes, line.waiting.peek().wanted);
  }

  /** The same as {@code own < share / places * (places - (taken - own))}, in whole numbers. */
  private boolean isWithin(int own, int share) {
    return (long) own * (places - share) < (long) share * (places - taken);
  }

  /**
   * Reserves as much heap for the turn of a place, instead of what is reserved for it.
   *
   * @return whether there was room; if not, the session gets no place again before there is
   */
  synchronized boolean reserve(Place place, long bytes) {
    set(place, 0);
    if (!memory.mayTake(place.line.bytes, bytes)) {
      place.wanted = bytes;
      return false;
    }
    place.wanted = 0;
    set(place, bytes);
    return true;
  }

  /**
   * Replaces what was reserved by what the turn of a place really takes.
   *
   * @return whether that leaves room, for which somebody may wait
   */
  synchronized boolean settle(Place place, long bytes) {
    boolean leavesRoom = bytes < place.reserved;
    set(place, bytes);
    return leavesRoom && waiting() > 0;
  }

  private void set(Place place, long bytes) {
    long more = bytes - place.reserved;
    place.reserved = bytes;
    place.line.bytes += more;
    memory.add(more);
  }

  /**
   * Notes how much more heap the answer of a turn takes, whether or not there is room: its sender
   * gets no more for it, but others do not wait for it.
   */
  synchronized void grow(Place place, long bytes) {
    if (place.taken) { // else the turn is over, and an agent's thread speaks too late
      grow(place, place.line, bytes);
    }
  }

  private void grow(Place place, SenderLine line, long bytes) {
    place.grown += bytes;
    line.bytes += bytes;
    grown += bytes;
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
    SenderLine line = place.line;
    set(place, 0);
    grow(place, line, -place.grown);
    line.taken--;
    line.tenant.taken--;
    taken--;
    place.taken = false;
    boolean isHere = sessions.remove(place.sessionKey, place);
    Sender again = next.orElse(place.hint);
    place.hint = null;
    try {
      if (isHere && again != null) {
        place.wanted = again.equals(place.sender) ? place.wanted : 0;
        join(place, again);
      }
    } finally {
      dropIfEmpty(line);
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

  /** The heap that all turns hold. */
  synchronized long heapBytes() {
    return memory.held() + grown;
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
