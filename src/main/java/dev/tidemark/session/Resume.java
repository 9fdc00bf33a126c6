package dev.tidemark.session;

import dev.tidemark.wire.Position;
import dev.tidemark.wire.ResyncReason;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Replay or resync: what a client that comes back gets (R6).
 *
 * <p>A cursor can be continued if and only if the epoch matches and {@code floor - 1 <= since <=
 * head}. No needless resync, no missed one. It decides about a position that its caller has read
 * once; reading it twice would be a race.
 */
public final class Resume {
  private Resume() {}

  /** The frames that follow the answer to a join. */
  public sealed interface Decision {}

  /** The client holds nothing and asks for nothing: live events from the head on. */
  public record Fresh() implements Decision {}

  /**
   * The events after its cursor, none or more, and then live.
   *
   * @param since the last cursor that the client holds
   */
  public record Replay(long since) implements Decision {}

  /**
   * A snapshot, because a replay would have a hole.
   *
   * @param reason what the client is told
   */
  public record Resync(ResyncReason reason) implements Decision {}

  /**
   * Decides by R6.
   *
   * @param since the cursor that the client holds, 0 or more; empty if it asks for no replay
   * @param epoch the epoch of that cursor; empty means that it is taken to match
   * @param position where the session's log stands
   */
  public static Decision decide(OptionalLong since, Optional<String> epoch, Position position) {
    if (since.isEmpty()) {
      return new Fresh();
    }
    long cursor = since.getAsLong();
    if (epoch.isPresent() && !epoch.get().equals(position.epoch())) {
      return new Resync(ResyncReason.EPOCH_CHANGED);
    }
    if (cursor > position.head()) {
      return new Resync(ResyncReason.AHEAD_OF_HEAD);
    }
    if (cursor
        < position.floor() - 1) { // the floor is 1 or more; since + 1 could overflow, this cannot
      return new Resync(ResyncReason.BELOW_FLOOR);
    }
    return new Replay(cursor);
  }
}
