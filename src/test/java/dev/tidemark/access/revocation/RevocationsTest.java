package dev.tidemark.access.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.access.Authentication;
import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.revocation.RevocationTarget.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The credentials that a revocation refuses, and the connections that it ends. */
final class RevocationsTest {
  private static final Instant REVOKED = Instant.parse("2026-11-25T12:00:00.500Z");
  private static final Optional<Instant> BEFORE = Optional.of(REVOKED.minusMillis(1));
  private static final Optional<Instant> UNKNOWN = Optional.empty();
  private static final Duration LONG = Duration.ofDays(1);

  private final Revocations revocations = new Revocations();

  @Test
  void credentialsFromBeforeAreRefusedAndLaterOnesAreWelcome() {
    revoke(principal("acme", "alice"));
    assertRefused(caller("acme", "alice", BEFORE), principal("acme", "alice"));
    assertWelcome(caller("acme", "alice", Optional.of(REVOKED)), principal("acme", "alice"));
  }

  /** Times of tokens are whole seconds: better to refuse one token too many. */
  @Test
  void aTokenOfTheSameSecondIsRefused() {
    revoke(principal("acme", "alice"));
    assertRefused(
        caller("acme", "alice", Optional.of(Instant.parse("2026-11-25T12:00:00Z"))),
        principal("acme", "alice"));
  }

  @Test
  void credentialsWithoutATimeStayGoodButTheirConnectionEnds() {
    Caller caller = caller("acme", "alice", UNKNOWN);
    revoke(principal("acme", "alice"));
    assertFalse(revocations.isRevoked(caller));
    assertTrue(revoked(principal("acme", "alice")).concerns(caller));
  }

  @Test
  void othersGoOn() {
    revoke(principal("acme", "alice"));
    assertWelcome(caller("acme", "bob", BEFORE), principal("acme", "alice"));
    assertWelcome(caller("globex", "alice", BEFORE), principal("acme", "alice"));
    assertWelcome(caller("acme", "alice ", BEFORE), principal("acme", "alice"));
  }

  @Test
  void aSessionOfTheProviderEndsWhoseverItIs() {
    RevocationTarget session =
        new RevocationTarget(Kind.PROVIDER_SESSION, Optional.empty(), "sid-1");
    revoke(session);
    assertRefused(caller("acme", "alice", BEFORE), session);
    assertRefused(caller("globex", "bob", BEFORE), session);
  }

  /** A refreshed token is issued later, and is of the login that has ended all the same. */
  @Test
  void aSessionOfTheProviderThatHasEndedDoesNotComeBackUnderItsName() {
    RevocationTarget session =
        new RevocationTarget(Kind.PROVIDER_SESSION, Optional.empty(), "sid-1");
    revoke(session);
    assertRefused(caller("acme", "alice", Optional.of(REVOKED.plusSeconds(60))), session);
  }

  @Test
  void anAdministratorEndsASessionOfTheProviderInTheirOwnTenantOnly() {
    RevocationTarget session =
        new RevocationTarget(Kind.PROVIDER_SESSION, Optional.of("acme"), "sid-1");
    revoke(session);
    assertRefused(caller("acme", "alice", BEFORE), session);
    assertWelcome(caller("globex", "alice", BEFORE), session);
  }

  @Test
  void aSubjectIsNotAPrincipalOfThatName() {
    RevocationTarget subject = new RevocationTarget(Kind.SUBJECT, Optional.empty(), "sub-1");
    revoke(subject);
    assertRefused(caller("acme", "alice", BEFORE), subject);
    RevocationTarget alice = new RevocationTarget(Kind.SUBJECT, Optional.empty(), "alice");
    assertFalse(revoked(alice).concerns(caller("acme", "alice", BEFORE)));
  }

  @Test
  void ofTwoRevocationsOfOnePrincipalTheLaterCountsInWhateverOrderTheyCome() {
    revocations.add(principal("acme", "alice"), REVOKED, LONG);
    revocations.add(principal("acme", "alice"), REVOKED.minusSeconds(60), LONG);
    assertTrue(revocations.isRevoked(caller("acme", "alice", BEFORE)));
  }

  @Test
  void whatHasEndedIsForgotten() {
    revocations.add(principal("acme", "alice"), REVOKED, Duration.ZERO);
    revocations.add(principal("acme", "bob"), REVOKED, LONG);
    revocations.forgetEnded();
    assertEquals(1, revocations.size());
    assertFalse(revocations.isRevoked(caller("acme", "alice", BEFORE)));
    assertTrue(revocations.isRevoked(caller("acme", "bob", BEFORE)));
  }

  private void revoke(RevocationTarget revocationTarget) {
    revocations.add(revocationTarget, REVOKED, LONG);
  }

  private static Revoked revoked(RevocationTarget revocationTarget) {
    return new Revoked(Map.of(revocationTarget, REVOKED));
  }

  private void assertRefused(Caller caller, RevocationTarget revocationTarget) {
    assertTrue(revocations.isRevoked(caller));
    assertTrue(revoked(revocationTarget).concerns(caller));
  }

  private void assertWelcome(Caller caller, RevocationTarget revocationTarget) {
    assertFalse(revocations.isRevoked(caller));
    assertFalse(revoked(revocationTarget).concerns(caller));
  }

  private static RevocationTarget principal(String tenant, String name) {
    return new RevocationTarget(Kind.PRINCIPAL, Optional.of(tenant), name);
  }

  private static Caller caller(String tenant, String name, Optional<Instant> issuedAt) {
    return new Caller(
        name,
        Set.of(Role.USER),
        tenant,
        new Authentication(Optional.of("sub-1"), issuedAt, Optional.empty(), Optional.of("sid-1")),
        "192.0.2.1",
        Optional.empty());
  }
}
