package dev.tidemark.log;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The heads of sessions after a writer's last appends to them, with which it numbers and hashes the
 * next events before it has the locks. Only a guess: another node or a transaction of the container
 * may have appended since. The statement that relies on the guess checks it under the locks, and
 * writes nothing if it is wrong.
 *
 * <p>The database's clock is guessed, too: its last reading, carried on by this node's own clock,
 * which does not jump. Owned by one writer, used by one thread at a time.
 */
final class KnownHeads {
  private static final int MAX_SESSIONS = 10_000;
  private static final long READING_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final LongSupplier nanoTime;
  private final Map<Long, Head> heads =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Head> eldest) {
          return size() > MAX_SESSIONS;
        }
      };

  private Instant clock = Instant.EPOCH;
  private long clockReadAt;
  private boolean clockRead;
  private String epochId;

  KnownHeads(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Takes in the present time of the database's clock. */
  void read(Instant databaseClock) {
    clock = databaseClock;
    clockReadAt = nanoTime.getAsLong();
    clockRead = true;
  }

  /** Takes in a session's head after a commit of this writer. All known heads are of one epoch. */
  void learn(Head head) {
    if (!head.epochId().equals(epochId)) {
      heads.clear();
      epochId = head.epochId();
    }
    heads.put(head.sessionKey(), head);
  }

  void forget(Collection<Long> sessionKeys) {
    heads.keySet().removeAll(sessionKeys);
  }

  /** The remembered heads of these sessions; empty unless all of them and the clock are known. */
  Optional<List<Head>> of(Collection<Long> sessionKeys) {
    long sinceReading = nanoTime.getAsLong() - clockReadAt;
    if (!clockRead || sinceReading > READING_NANOS) {
      return Optional.empty();
    }
    Instant now = clock.plusNanos(sinceReading).truncatedTo(ChronoUnit.MICROS);
    List<Head> known = new ArrayList<>(sessionKeys.size());
    for (Long sessionKey : sessionKeys) {
      Head head = heads.get(sessionKey);
      if (head == null) {
        return Optional.empty();
      }
      known.add(head.notBefore(now));
    }
    return Optional.of(known);
  }
}
