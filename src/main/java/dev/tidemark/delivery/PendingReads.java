package dev.tidemark.delivery;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import java.util.function.Predicate;

/**
 * The pending reads of one session, in the order of the requests, and the subscriptions that wait
 * for each. At most two are under way at a time, so that the database works while a page is taken
 * in: a session takes at most two threads and two connections, whatever its clients need. Guarded
 * by its own monitor.
 */
final class PendingReads {
  private static final int MAX_UNDER_WAY = 2;

  private Map<ReadRequest, List<Subscription>> waiting;
  private final Set<ReadRequest> underWay = new HashSet<>(MAX_UNDER_WAY);

  /** The number of threads that this session waits for or has. */
  private int queued;

  PendingReads() {
    this(new LinkedHashMap<>(4));
  }

  /** Keeps what waits in a map of the test's. */
  PendingReads(Map<ReadRequest, List<Subscription>> waiting) {
    this.waiting = waiting;
  }

  /**
   * Adds a subscription that waits for a read.
   *
   * @return whether the session is to be queued once more
   */
  synchronized boolean add(ReadRequest request, Subscription subscription) {
    waiting.computeIfAbsent(request, asked -> new ArrayList<>(1)).add(subscription);
    return queueAgain();
  }

  /**
   * Adds a read that no subscription waits for yet.
   *
   * @return whether the session is to be queued once more
   */
  synchronized boolean addAhead(ReadRequest request) {
    waiting.computeIfAbsent(request, asked -> new ArrayList<>(1));
    return queueAgain();
  }

  /** Whether the session is to be queued once more; it counts as queued from now on. */
  synchronized boolean queueAgain() {
    boolean again = queued < Math.min(MAX_UNDER_WAY, waiting.size());
    if (again) {
      queued++;
    }
    return again;
  }

  /**
   * Begins the read that waits longest and that no read under way covers. If there is none, returns
   * nothing and the session is queued once less; so it is, too, if this throws.
   *
   * @param lastOfSegment the last cursor of the segment of a cursor
   */
  synchronized Optional<ReadRequest> beginNext(LongUnaryOperator lastOfSegment) {
    Optional<ReadRequest> next = Optional.empty();
    boolean begun = false;
    try {
      next = firstUncovered(lastOfSegment);
      begun = next.map(underWay::add).orElse(false);
    } finally {
      if (!begun) {
        next.ifPresent(underWay::remove);
        queued--;
      }
    }
    return next;
  }

  private Optional<ReadRequest> firstUncovered(LongUnaryOperator lastOfSegment) {
    return waiting.keySet().stream()
        .filter(request -> underWay.stream().noneMatch(it -> covers(it, request, lastOfSegment)))
        .findFirst();
  }

  private static boolean covers(
      ReadRequest begun, ReadRequest other, LongUnaryOperator lastOfSegment) {
    return begun.equals(other)
        || (begun instanceof ReadRequest.Events here
            && other instanceof ReadRequest.Events there
            && lastOfSegment.applyAsLong(here.from()) == lastOfSegment.applyAsLong(there.from()));
  }

  /**
   * The lowest cursor of the requests for events of an epoch.
   *
   * @param min the lowest cursor that counts
   * @param otherwise the cursor to compare with, which is returned if none is lower
   */
  synchronized long lowestFrom(String epoch, long min, long otherwise) {
    return waiting.keySet().stream()
        .filter(request -> request instanceof ReadRequest.Events)
        .map(ReadRequest.Events.class::cast)
        .filter(events -> events.epoch().equals(epoch) && events.from() >= min)
        .mapToLong(ReadRequest.Events::from)
        .reduce(otherwise, Math::min);
  }

  /**
   * Removes the requests that a read has fulfilled.
   *
   * @return the subscriptions that waited for them
   */
  synchronized List<Subscription> remove(Predicate<ReadRequest> isFulfilled) {
    List<Subscription> waited =
        waiting.entrySet().stream()
            .filter(entry -> isFulfilled.test(entry.getKey()))
            .flatMap(entry -> entry.getValue().stream())
            .toList(); // before any is removed: memory may run out
    waiting.keySet().removeIf(isFulfilled);
    return waited;
  }

  /** Counts the session as queued once less: it could not be queued. */
  synchronized void notQueued() {
    queued--;
  }

  /** Ends a read, whether or not it succeeded. */
  synchronized void end(ReadRequest request) {
    underWay.remove(request);
  }

  /**
   * Puts a read that failed, or was not tried, behind the others: in a copy, so that all stay where
   * they are if memory runs out.
   */
  synchronized void moveToEnd(ReadRequest request) {
    List<Subscription> subscriptions = waiting.get(request);
    if (subscriptions != null) {
      Map<ReadRequest, List<Subscription>> moved = new LinkedHashMap<>(waiting);
      moved.remove(request);
      moved.put(request, subscriptions);
      waiting = moved;
    }
  }
}
