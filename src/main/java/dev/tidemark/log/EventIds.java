package dev.tidemark.log;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Names for events: unique, but no secret, for nobody gets anything for knowing one. So one secure
 * number for each start of a node, and a count within it, do what a secure number for each event
 * would; those are drawn by one thread at a time. UUIDs of version 8, where all bits are one's own.
 */
final class EventIds {
  private static final long VERSION_8 = 0x8000L;
  private static final long VERSION_BITS = 0xf000L;
  private static final long VARIANT_2 = 0x8000_0000_0000_0000L;
  private static final long VARIANT_BITS = 0xc000_0000_0000_0000L;

  private static final long START = (new SecureRandom().nextLong() & ~VERSION_BITS) | VERSION_8;
  private static final AtomicLong COUNT = new AtomicLong();

  private EventIds() {}

  static UUID next() {
    return new UUID(START, (COUNT.incrementAndGet() & ~VARIANT_BITS) | VARIANT_2);
  }
}
