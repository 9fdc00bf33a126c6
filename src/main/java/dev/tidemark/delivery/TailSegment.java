package dev.tidemark.delivery;

import dev.tidemark.wire.EncodedEvent;
import dev.tidemark.wire.EventFrame;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The events of neighbouring cursors of one session, with holes where an event is not held. Guarded
 * by the {@link Tail} that it belongs to.
 */
final class TailSegment {
  private static final int FIRST_SLOTS = 8;

  private final String epoch;

  /** A slot is filled once and never changed, so returned parts may be read without a lock. */
  private EncodedEvent[] slots = {};

  private int events;
  private long bytes;

  TailSegment(String epoch) {
    this.epoch = epoch;
  }

  boolean isOf(String otherEpoch) {
    return epoch.equals(otherEpoch);
  }

  int events() {
    return events;
  }

  /** The approximate memory that the events take, in bytes. */
  long bytes() {
    return bytes;
  }

  /**
   * Returns the event in this slot, putting it there unless one is there already.
   *
   * @param heard how this node heard of the event, or {@code null}
   */
  EncodedEvent put(int slot, EventFrame event, EncodedEvent.Heard heard) {
    if (slot >= slots.length) {
      slots = Arrays.copyOf(slots, Math.max(slot + 1, Math.max(FIRST_SLOTS, 2 * slots.length)));
    }
    if (slots[slot] == null) {
      slots[slot] = new EncodedEvent(event, heard);
      events++;
      bytes += slots[slot].weight();
    }
    return slots[slot];
  }

  /** The events from a slot on, up to the first hole. */
  List<EncodedEvent> from(int slot) {
    int until = slot;
    while (until < slots.length && slots[until] != null) {
      until++;
    }
    return until == slot ? List.of() : Arrays.asList(slots).subList(slot, until);
  }

  /** Whether any slot from this one on is filled. */
  boolean holdsFrom(int slot) {
    return slots.length > slot
        && Arrays.stream(slots, slot, slots.length).anyMatch(Objects::nonNull);
  }
}
