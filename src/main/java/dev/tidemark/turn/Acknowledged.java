package dev.tidemark.turn;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * When this node acknowledged the messages whose turns have not begun here, for the measurement of
 * the first token. Bounded: of a message whose turn begins on another node, or after many others,
 * nothing is known. Guarded by its own monitor.
 */
final class Acknowledged {
  private static final int MAX = 10_000;

  private record Message(long sessionKey, long cursor) {}

  private final Map<Message, Long> nanos =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Message, Long> eldest) {
          return size() > MAX;
        }
      };

  /** Notes that the message with this cursor is acknowledged now. */
  synchronized void note(long sessionKey, long cursor) {
    nanos.put(new Message(sessionKey, cursor), System.nanoTime());
  }

  /** Removes and returns the time of an acknowledgement, by {@link System#nanoTime}. */
  synchronized OptionalLong take(long sessionKey, long cursor) {
    Long noted = nanos.remove(new Message(sessionKey, cursor));
    return noted == null ? OptionalLong.empty() : OptionalLong.of(noted);
  }
}
