package dev.tidemark.access.record;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Counts what happens, equal things together, up to a maximum number of different ones, of which
 * each owner has a share. What is above that is counted by owner, and what has more owners than the
 * maximum without the owner: so nobody who varies what he sends hides what others do, and the
 * memory is bounded. Guarded by its own monitor.
 */
final class Tally<T extends Tallied<T>> {
  private static final int OWNERS_THAT_FILL_IT = 20;

  private final int max;
  private final int share;
  private final Map<Object, Count<T>> counts = new LinkedHashMap<>();
  private final Map<Object, Integer> wholeByOwner = new HashMap<>();
  private int whole;
  private int byOwner;

  /** How much is known of one that was counted. */
  enum Told {
    WHOLE,
    OWNER,
    NUMBER,
    NOT_COUNTED
  }

  /** The count of equal things. Guarded by the tally until it is taken out. */
  static final class Count<T> {
    final UUID id = UUID.randomUUID();

    /** The first of them. */
    final T what;

    final long firstNanos;
    long lastNanos;
    long times;

    private Count(T what, long nanos) {
      this.what = what;
      firstNanos = nanos;
    }
  }

  /**
   * @param max greatest number of different things that are told apart, and then of owners
   */
  Tally(int max) {
    this.max = max;
    share = Math.max(1, max / OWNERS_THAT_FILL_IT);
  }

  /**
   * Counts one.
   *
   * @param nanos its time, by {@link System#nanoTime}
   */
  synchronized Told add(T one, long nanos) {
    if (isCounted(one, nanos)) {
      return Told.WHOLE;
    }
    if (whole < max && wholeByOwner.getOrDefault(one.owner(), 0) < share) {
      whole++;
      wholeByOwner.merge(one.owner(), 1, Integer::sum);
      begin(one, nanos);
      return Told.WHOLE;
    }
    T ofOwner = one.ofOwner();
    if (isCounted(ofOwner, nanos)) {
      return Told.OWNER;
    }
    if (byOwner < (one.isOfPrincipal() ? max : max / 2)) { // addresses leave room for principals
      byOwner++;
      begin(ofOwner, nanos);
      return Told.OWNER;
    }
    Optional<T> ofAnybody = one.ofAnybody();
    if (ofAnybody.isEmpty()) {
      return Told.NOT_COUNTED;
    }
    if (!isCounted(ofAnybody.get(), nanos)) {
      begin(ofAnybody.get(), nanos);
    }
    return Told.NUMBER;
  }

  private boolean isCounted(T one, long nanos) {
    Count<T> count = counts.get(one.key());
    if (count == null) {
      return false;
    }
    count.times++;
    count.lastNanos = nanos;
    return true;
  }

  private void begin(T one, long nanos) {
    counts.put(one.key(), new Count<>(one, nanos));
    isCounted(one, nanos);
  }

  synchronized boolean isEmpty() {
    return counts.isEmpty();
  }

  /** Removes and returns all counts. */
  synchronized List<Count<T>> take() {
    List<Count<T>> all = new ArrayList<>(counts.values());
    counts.clear();
    wholeByOwner.clear();
    whole = 0;
    byOwner = 0;
    return all;
  }
}
