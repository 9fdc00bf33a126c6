package dev.tidemark.session;

import dev.tidemark.wire.Position;
import dev.tidemark.wire.ResyncReason;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Decides whether a returning client gets a replay or a resync (R6).
 *
 * <p>A cursor can be continued if and only if the epoch matches and {@code floor - 1 <= since <=
 * head}. No resync is needless, and none is missed. The caller reads the position once; reading it
 * twice would be a race.
 */
public final class Resume {
  private Resume() {}

  /** The kind of delivery that follows a join. */
  public sealed interface Decision {}

  /** Live events from the head on: the client holds no cursor and asks for no replay. */
  public record Fresh() implements Decision {}

  /** The events after {@code since}, the last cursor that the client holds, then live events. */
  public record Replay(long since) implements Decision {}

  /**
   * A snapshot, because a replay would have a hole.
   *
   * @param reason reason sent to the client
   */
  public record Resync(ResyncReason reason) implements Decision {}

  /**
   * Decides by R6.
   *
   * @param since cursor that the client holds, 0 or more; empty if it asks for no replay
   * @param epoch epoch of that cursor; if empty, it is taken to match
   * @param position position of the session's log
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
