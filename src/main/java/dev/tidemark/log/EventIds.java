package dev.tidemark.log;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Generates event ids, which are unique but not secret, because knowing one grants nothing. So a
 * secure random number for each start of a node and a counter suffice; secure numbers for each
 * event would be drawn by one thread at a time. The ids are UUIDs of version 8, whose bits are
 * free.
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
