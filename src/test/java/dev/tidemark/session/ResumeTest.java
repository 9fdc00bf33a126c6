package dev.tidemark.session;

import static dev.tidemark.wire.ResyncReason.AHEAD_OF_HEAD;
import static dev.tidemark.wire.ResyncReason.BELOW_FLOOR;
import static dev.tidemark.wire.ResyncReason.EPOCH_CHANGED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.tidemark.session.Resume.Decision;
import dev.tidemark.session.Resume.Fresh;
import dev.tidemark.session.Resume.Replay;
import dev.tidemark.session.Resume.Resync;
import dev.tidemark.wire.Position;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** R6, against a model that counts the events which a replay would have to send. */
final class ResumeTest {
  private static final String EPOCH = "e-1";
  private static final Position WINDOW = new Position(EPOCH, 4200, 3201);

  @Property
  void aReplayIsGivenIfAndOnlyIfEveryEventOfItIsThere(
      @ForAll("smallPositions") Position position, @ForAll("smallCursors") long since) {
    boolean known = since <= position.head();
    boolean retained =
        LongStream.rangeClosed(since + 1, position.head()).allMatch(n -> n >= position.floor());
    assertEquals(known && retained, decide(since, position) instanceof Replay);
  }

  @Property
  void atAnySizeTheReasonIsTheOneOfRuleSix(
      @ForAll("positions") Position position, @ForAll("cursors") long since) {
    BigInteger oldest = BigInteger.valueOf(position.floor()).subtract(BigInteger.ONE);
    Decision expected =
        since > position.head()
            ? new Resync(AHEAD_OF_HEAD)
            : BigInteger.valueOf(since).compareTo(oldest) < 0
                ? new Resync(BELOW_FLOOR)
                : new Replay(since);
    assertEquals(expected, decide(since, position));
  }

  @Property
  void anotherEpochIsAResyncWhateverTheNumbersSay(
      @ForAll("positions") Position position, @ForAll("cursors") long since) {
    assertEquals(
        new Resync(EPOCH_CHANGED),
        Resume.decide(OptionalLong.of(since), Optional.of("e-0"), position));
  }

  @Property
  void withoutACursorNothingIsReplayed(@ForAll("positions") Position position) {
    for (Optional<String> epoch :
        List.of(Optional.<String>empty(), Optional.of(EPOCH), Optional.of("e-0"))) {
      assertInstanceOf(Fresh.class, Resume.decide(OptionalLong.empty(), epoch, position));
    }
  }

  @Test
  void theOldestCursorMinusOneIsReplayable() {
    assertEquals(new Replay(3201), decide(3201, WINDOW));
    assertEquals(new Replay(3200), decide(3200, WINDOW));
    assertEquals(new Resync(BELOW_FLOOR), decide(3199, WINDOW));
    assertEquals(new Resync(BELOW_FLOOR), decide(0, WINDOW));
  }

  @Test
  void theHeadIsReplayableAndTheNextIsAheadOfIt() {
    assertEquals(new Replay(4200), decide(4200, WINDOW));
    assertEquals(new Resync(AHEAD_OF_HEAD), decide(4201, WINDOW));
    assertEquals(new Resync(AHEAD_OF_HEAD), decide(Long.MAX_VALUE, WINDOW));
  }

  @Test
  void whileNothingIsRetainedOnlyTheHeadIsReplayable() {
    Position empty = new Position(EPOCH, 4200, 4201);
    assertEquals(new Resync(BELOW_FLOOR), decide(4199, empty));
    assertEquals(new Replay(4200), decide(4200, empty));
    assertEquals(new Resync(AHEAD_OF_HEAD), decide(4201, empty));
  }

  @Test
  void aNewSessionReplaysFromZero() {
    Position fresh = new Position(EPOCH, 0, 1);
    assertEquals(new Replay(0), decide(0, fresh));
    assertEquals(new Resync(AHEAD_OF_HEAD), decide(1, fresh));
  }

  @Test
  void aMatchingEpochChangesNothing() {
    assertEquals(
        new Replay(4000), Resume.decide(OptionalLong.of(4000), Optional.of(EPOCH), WINDOW));
  }

  @Provide
  Arbitrary<Position> smallPositions() {
    return Combinators.combine(
            Arbitraries.longs().between(0, 12), Arbitraries.longs().between(0, 12))
        .as((head, floor) -> new Position(EPOCH, head, 1 + Math.min(floor, head)));
  }

  @Provide
  Arbitrary<Long> smallCursors() {
    return Arbitraries.longs().between(0, 15);
  }

  @Provide
  Arbitrary<Position> positions() {
    return Combinators.combine(
            Arbitraries.longs().between(0, Long.MAX_VALUE - 1),
            Arbitraries.longs().between(0, Long.MAX_VALUE - 1))
        .as((head, floor) -> new Position(EPOCH, head, 1 + Math.min(floor, head)));
  }

  @Provide
  Arbitrary<Long> cursors() {
    return Arbitraries.longs().greaterOrEqual(0);
  }

  private static Decision decide(long since, Position position) {
    return Resume.decide(OptionalLong.of(since), Optional.empty(), position);
  }
}
