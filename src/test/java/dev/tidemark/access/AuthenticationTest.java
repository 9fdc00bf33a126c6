package dev.tidemark.access;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A fresh token prolongs an authentication; it is a new sign-in only if somebody signed in. */
final class AuthenticationTest {
  private static final Instant MORNING = Instant.parse("2026-11-25T08:00:00Z");
  private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");

  @Test
  void aTokenOfTheSameLoginIsNoLaterSignIn() {
    Authentication renewed = of(MORNING, "sid-1").renewedBy(of(NOON, "sid-1"));
    assertEquals(Optional.of(MORNING), renewed.authenticatedAt());
    assertEquals(Optional.of(NOON.plusSeconds(300)), renewed.expiresAt());
  }

  @Test
  void aTokenOfAnotherLoginOrOfNoneIsOne() {
    assertEquals(of(NOON, "sid-2"), of(MORNING, "sid-1").renewedBy(of(NOON, "sid-2")));
    assertEquals(of(NOON, null), of(MORNING, null).renewedBy(of(NOON, null)));
  }

  private static Authentication of(Instant at, String session) {
    return new Authentication(
        Optional.of("sub-1"),
        Optional.of(at),
        Optional.of(at.plusSeconds(300)),
        Optional.ofNullable(session));
  }
}
