package dev.tidemark.turn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.ops.Metric;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The ends of a turn are the same wherever they are named. */
final class TurnStatusTest {
  @Test
  void theMetricOfEndedTurnsHasEachEnd() {
    assertEquals(
        Arrays.stream(TurnStatus.values())
            .filter(status -> status.terminalEvent() != null)
            .map(TurnStatus::text)
            .toList(),
        Metric.TURNS_ENDED.labelValues());
  }
}
