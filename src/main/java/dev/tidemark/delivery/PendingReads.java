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
 * What is to be read for one session, in the order in which it was asked for, and who waits for it.
 * Two things are read at a time, so that the database works while a page is taken in: so a session
 * takes two threads and two connections at most, whatever its clients need.
 */
final class PendingReads {
  private static final int AT_ONCE = 2;

  private final Map<ReadRequest, List<Subscription>> waiting = new LinkedHashMap<>(4);
  private final Set<ReadRequest> begun = new HashSet<>(2);

  /** Places of this session in the line, or being served. */
  private int inLine;

  /**
   * Adds somebody who waits.
   *
   * @return whether the session is to be put in line once more
   */
  synchronized boolean add(ReadRequest readRequest, Subscription waits) {
    waiting.computeIfAbsent(readRequest, asked -> new ArrayList<>(1)).add(waits);
    return wantsPlace();
  }

  /** Adds a reading that nobody waits for yet. */
  synchronized boolean ahead(ReadRequest readRequest) {
    waiting.computeIfAbsent(readRequest, asked -> new ArrayList<>(1));
    return wantsPlace();
  }

  /** Whether the session is to be put in line once more: as {@link #add}, with nothing added. */
  synchronized boolean wantsPlace() {
    boolean wants = inLine < Math.min(AT_ONCE, waiting.size());
    if (wants) {
      inLine++;
    }
    return wants;
  }

  /**
   * The reading that waits longest, is not begun and will not be answered by one that is: it is
   * begun now. Nothing if there is none, and then the session has one place in line less.
   *
   * @param lastOfStretch the last cursor that is read together with this one
   */
  synchronized Optional<ReadRequest> next(LongUnaryOperator lastOfStretch) {
    Optional<ReadRequest> next =
        waiting.keySet().stream()
            .filter(
                readRequest -> begun.stream().noneMatch(b -> covers(b, readRequest, lastOfStretch)))
            .findFirst();
    next.ifPresentOrElse(begun::add, () -> inLine--);
    return next;
  }

  private static boolean covers(
      ReadRequest begun, ReadRequest other, LongUnaryOperator lastOfStretch) {
    return begun.equals(other)
        || (begun instanceof ReadRequest.Events here
            && other instanceof ReadRequest.Events there
            && lastOfStretch.applyAsLong(here.from()) == lastOfStretch.applyAsLong(there.from()));
  }

  /** The lowest cursor from which events are asked for in this epoch, not below a cursor. */
  synchronized long lowest(String epoch, long atLeast, long otherwise) {
    return waiting.keySet().stream()
        .filter(readRequest -> readRequest instanceof ReadRequest.Events)
        .map(ReadRequest.Events.class::cast)
        .filter(events -> events.epoch().equals(epoch) && events.from() >= atLeast)
        .mapToLong(ReadRequest.Events::from)
        .reduce(otherwise, Math::min);
  }

  /** Takes out readings that are answered, and gives those who waited for them. */
  synchronized List<Subscription> answered(Predicate<ReadRequest> which) {
    List<Subscription> waited = new ArrayList<>();
    waiting
        .entrySet()
        .removeIf(
            entry -> {
              boolean answered = which.test(entry.getKey());
              if (answered) {
                waited.addAll(entry.getValue());
              }
              return answered;
            });
    return waited;
  }

  /** Says that a reading which was begun is over, answered or not. */
  synchronized void ended(ReadRequest readRequest) {
    begun.remove(readRequest);
  }

  /** Puts a reading that failed, or was not tried, behind the others. */
  synchronized void last(ReadRequest readRequest) {
    List<Subscription> waits = waiting.remove(readRequest);
    if (waits != null) {
      waiting.put(readRequest, waits);
    }
  }
}
