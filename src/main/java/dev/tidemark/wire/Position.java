package dev.tidemark.wire;

import java.util.Objects;

/**
 * The position of a session's log: on the wire {@code epoch}, {@code cursor} and {@code
 * oldest_cursor}.
 *
 * @param epoch the line of history that the cursors belong to
 * @param head the cursor of the newest event; 0 while there is none
 * @param floor the oldest cursor that can be replayed; {@code head + 1} while nothing is retained
 *     (R7)
 */
public record Position(String epoch, long head, long floor) {
  public Position {
    Objects.requireNonNull(epoch, "epoch");
  }
}
