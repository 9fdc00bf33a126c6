package dev.tidemark.delivery;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What is to be read for one session, in the order in which it was asked for, and who waits for it.
 * One thing is read at a time: so a session takes one thread and one connection at most, whatever
 * its clients need.
 */
final class Readings {
  private final Map<Reading, List<Subscription>> waiting = new LinkedHashMap<>(4);
  private boolean due;

  /**
   * Adds somebody who waits.
   *
   * @return whether the session is to be put in line for its readings: it is not in it yet
   */
  synchronized boolean add(Reading reading, Subscription waits) {
    waiting.computeIfAbsent(reading, asked -> new ArrayList<>(1)).add(waits);
    return becomeDue();
  }

  /** Adds a reading that nobody waits for yet. */
  synchronized boolean ahead(Reading reading) {
    waiting.computeIfAbsent(reading, asked -> new ArrayList<>(1));
    return becomeDue();
  }

  private boolean becomeDue() {
    boolean becomes = !due;
    due = true;
    return becomes;
  }

  /** The reading that waits longest; nothing if none does, and then the session is out of line. */
  synchronized Optional<Reading> next() {
    due = !waiting.isEmpty();
    return waiting.keySet().stream().findFirst();
  }

  /** The lowest cursor from which events are asked for in this epoch, not below a cursor. */
  synchronized long lowest(String epoch, long atLeast, long otherwise) {
    return waiting.keySet().stream()
        .filter(reading -> reading instanceof Reading.Events)
        .map(Reading.Events.class::cast)
        .filter(events -> events.epoch().equals(epoch) && events.from() >= atLeast)
        .mapToLong(Reading.Events::from)
        .reduce(otherwise, Math::min);
  }

  /** Takes out readings that are answered, and gives those who waited for them. */
  synchronized List<Subscription> answered(Predicate<Reading> which) {
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

  /** Puts a reading that failed behind the others. */
  synchronized void last(Reading reading) {
    List<Subscription> waits = waiting.remove(reading);
    if (waits != null) {
      waiting.put(reading, waits);
    }
  }
}
