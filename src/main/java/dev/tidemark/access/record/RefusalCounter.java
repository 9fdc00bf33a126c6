package dev.tidemark.access.record;

import dev.tidemark.access.record.Refusal.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Counts refusals by kind, up to a maximum number of kinds. Further kinds are counted without the
 * requester, so that a flood costs neither memory nor rows and no refusal goes uncounted.
 */
final class RefusalCounter {
  private final int maxKinds;
  private final Map<Kind, Count> counts = new LinkedHashMap<>();

  RefusalCounter(int maxKinds) {
    this.maxKinds = maxKinds;
  }

  /** The count of one kind of refusal, and the first refusal. Guarded by the counter. */
  static final class Count {
    final UUID id = UUID.randomUUID();
    final Kind kind;
    final Optional<Refusal> first;
    final long firstNanos;
    long lastNanos;
    long times;

    private Count(Kind kind, Optional<Refusal> first, long nanos) {
      this.kind = kind;
      this.first = first;
      firstNanos = nanos;
    }
  }

  /**
   * Counts a refusal.
   *
   * @param nanos the time of the refusal, by {@link System#nanoTime}
   * @return whether it was counted under its own kind
   */
  synchronized boolean add(Refusal refusal, long nanos) {
    Kind kind = refusal.kind();
    Count count = counts.get(kind);
    boolean apart = count != null || counts.size() < maxKinds;
    if (count == null) {
      count =
          apart
              ? counts.computeIfAbsent(kind, k -> new Count(k, Optional.of(refusal), nanos))
              : counts.computeIfAbsent(kind.anybodys(), k -> new Count(k, Optional.empty(), nanos));
    }
    count.times++;
    count.lastNanos = nanos;
    return apart;
  }

  /** Removes and returns all counts. */
  synchronized List<Count> take() {
    List<Count> all = new ArrayList<>(counts.values());
    counts.clear();
    return all;
  }

  synchronized int kinds() {
    return counts.size();
  }
}
