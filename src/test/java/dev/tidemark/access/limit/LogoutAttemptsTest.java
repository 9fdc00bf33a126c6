package dev.tidemark.access.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** How often an address may be wrong. */
final class LogoutAttemptsTest {
  private static final int MOST = 3;

  private final LogoutAttempts attempts = new LogoutAttempts(MOST);

  @Test
  void oneThatWasWrongAsOftenAsItMayHasToWaitAndOthersHaveNot() {
    for (int i = 0; i < MOST; i++) {
      assertEquals(OptionalLong.empty(), attempts.mustWait("192.0.2.1"), "failed " + i);
      attempts.failed("192.0.2.1");
    }
    long wait = attempts.mustWait("192.0.2.1").orElseThrow();
    assertTrue(wait >= 1 && wait <= 60 / MOST + 1, "seconds: " + wait);
    assertEquals(OptionalLong.empty(), attempts.mustWait("192.0.2.2"));
  }

  @Test
  void aCrowdOfAddressesIsForgottenFromItsEnd() {
    for (int i = 0; i < MOST; i++) {
      attempts.failed("last used");
      attempts.failed("first used");
    }
    attempts.failed("last used");
    for (int i = 0; i < LogoutAttempts.MAX_ADDRESSES - 1; i++) {
      attempts.failed("crowd " + i);
    }
    assertEquals(LogoutAttempts.MAX_ADDRESSES, attempts.kept());
    assertEquals(OptionalLong.empty(), attempts.mustWait("first used"), "forgotten");
    assertTrue(attempts.mustWait("last used").isPresent(), "remembered");
  }
}
