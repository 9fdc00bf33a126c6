package dev.tidemark.delivery;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The heads that were announced lately for sessions without a subscription: a client would miss
 * them between the decision of its join and its subscription. The number of sessions is bounded:
 * the last announced are kept, and the next poll covers a dropped one. Guarded by its own monitor.
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
    Long before = heads.remove(sessionKey); // becomes the newest
    heads.put(sessionKey, before == null ? head : Math.max(before, head));
  }

  /** Removes and returns the highest announced head. */
  synchronized OptionalLong take(long sessionKey) {
    Long head = heads.remove(sessionKey);
    return head == null ? OptionalLong.empty() : OptionalLong.of(head);
  }
}
