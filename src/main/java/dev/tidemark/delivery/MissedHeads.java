package dev.tidemark.delivery;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The heads that were told of lately while nobody listened: what a client misses between the moment
 * at which its join was decided and the moment at which it listens. So many sessions, those told of
 * last; of one that was forgotten, the next poll tells. Guarded by its own monitor.
 */
final class MissedHeads {
  private final Map<Long, Long> heads;

  MissedHeads(int max) {
    heads =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
            return size() > max;
          }
        };
  }

  /** Takes in a head, which may come after a higher one. */
  synchronized void add(long sessionKey, long head) {
    Long before = heads.remove(sessionKey); // to the end of the line
    heads.put(sessionKey, before == null ? head : Math.max(before, head));
  }

  /** The highest head that was told of, which is forgotten. */
  synchronized OptionalLong take(long sessionKey) {
    Long head = heads.remove(sessionKey);
    return head == null ? OptionalLong.empty() : OptionalLong.of(head);
  }
}
