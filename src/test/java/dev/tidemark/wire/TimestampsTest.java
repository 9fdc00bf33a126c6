package dev.tidemark.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TimestampsTest {
  @Test
  void anyMomentIsSpeltAsTheLibraryDoes() {
    var library = new DateTimeFormatterBuilder().appendInstant(6).toFormatter(Locale.ROOT);
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      Instant moment =
          Instant.ofEpochSecond(
              random.nextLong(-80_000_000_000L, 300_000_000_000L), random.nextInt(1_000_000_000));
      assertEquals(library.format(moment), Timestamps.text(moment));
    }
    for (String edge :
        new String[] {
          "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "2026-01-02T03:04:05.000006Z"
        }) {
      assertEquals(library.format(Instant.parse(edge)), Timestamps.text(Instant.parse(edge)));
    }
  }
}
