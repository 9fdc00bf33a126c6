package dev.tidemark.socket;

import dev.tidemark.access.limit.Charge;
import dev.tidemark.wire.ErrorCode;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * Lets a connection go whose principal holds the most of what others need; they get it at once. So
 * a client that does not read what is on its way is cut: it could not read a last frame either.
 */
final class Eviction implements Runnable {
  /** Whoever takes nothing for this long will not take a last frame soon. */
  private static final Duration STALLED = Duration.ofSeconds(1);

  private volatile Target target;

  private record Target(Connection connection, RawChannel channel, Charge charge) {}

  /** Until this is called there is nothing to let go. */
  void aim(Connection connection, RawChannel channel, Charge charge) {
    target = new Target(connection, channel, charge);
  }

  @Override
  public void run() {
    Target one = target;
    if (one != null) {
      evict(one.connection(), one.channel(), one.charge());
    }
  }

  private static void evict(Connection connection, RawChannel channel, Charge charge) {
    Outbound outbound = connection.outbound();
    boolean mostIsUnread = outbound.bytesInFlight() > charge.bytes() / 2;
    boolean isStuck =
        outbound.isChargedInFlight()
            && (mostIsUnread || outbound.stalledFor().compareTo(STALLED) > 0);
    try {
      connection
          .errors()
          .refuseConnection(
              mostIsUnread ? ErrorCode.TOO_SLOW : ErrorCode.TOO_FAST,
              "Others need the memory that your frames take. Come back with your cursor, and send "
                  + "what was not acknowledged.",
              OptionalLong.of(1));
    } finally {
      if (isStuck) {
        try (charge) { // the server drops what is on its way in a moment
          channel.cut();
        }
      }
    }
  }
}
