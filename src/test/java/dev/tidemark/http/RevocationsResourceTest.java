package dev.tidemark.http;

import static dev.tidemark.http.Requests.assertReached;
import static dev.tidemark.http.Requests.assertRefused;
import static dev.tidemark.http.Requests.body;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.revocation.AdminActions;
import dev.tidemark.access.revocation.Revocation;
import dev.tidemark.access.revocation.RevocationTarget;
import dev.tidemark.access.revocation.RevocationTarget.Kind;
import dev.tidemark.http.RevocationsResource.Written;
import dev.tidemark.wire.Name;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The administrator's right to revoke, the targets of a revocation, and the reason for it. */
final class RevocationsResourceTest {
  private static final String ALICE = "{\"principal\":\"alice\"}";
  private static final int MAX_BYTES = 8_192;
  private static final int MAX_REASON_LENGTH = 500;

  private final List<String> revoked = new ArrayList<>();

  @Test
  void onlyAnAdministratorRevokesAndNobodyElseHasTheirBodyRead() {
    RevocationsResource user = resource(Requests.by("bob", Role.USER, Role.PUBLISHER));
    assertRefused(403, "not_allowed", () -> user.revoke(body(ALICE)));
    assertRefused(403, "not_allowed", () -> user.revoke(body("no json")));
    assertEquals(List.of(), revoked);
  }

  @Test
  void aPrincipalAndALoginOfTheProviderAreRevokedEachAsWhatItIs() {
    assertReached(() -> admin().revoke(body(ALICE)));
    assertReached(() -> admin().revoke(body("{\"provider_session\":\"sid-1\",\"why\":\"lost\"}")));
    assertEquals(
        List.of("root of acme: PRINCIPAL alice", "root of acme: PROVIDER_SESSION sid-1, lost"),
        revoked);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"principal\":null}",
        "{\"principal\":1}",
        "{\"principal\":\" \"}",
        "{\"subject\":\"sub-1\"}",
        "{\"principal\":\"alice\",\"provider_session\":\"sid-1\"}",
        "{\"principal\":\"alice\",\"why\":\"a\\nb\"}"
      })
  void aBodyThatDoesNotNameExactlyOneIsRefused(String body) {
    assertRefused(400, "invalid_request", () -> admin().revoke(body(body)));
    assertEquals(List.of(), revoked);
  }

  @ParameterizedTest
  @ValueSource(strings = {"principal", "provider_session"})
  void aNameHasTheLengthOfAnyName(String field) {
    String longest = "{\"%s\":\"%s\"}".formatted(field, "\uD83D\uDE00".repeat(Name.MAX_LENGTH));
    assertReached(() -> admin().revoke(body(longest)));
    assertRefused(
        400, "invalid_request", () -> admin().revoke(body(longest.replace("\"}", "x\"}"))));
    assertEquals(1, revoked.size());
  }

  @Test
  void aReasonIsAsLongAsARecordTakes() {
    String longest = ALICE.replace("}", ",\"why\":\"" + "y".repeat(MAX_REASON_LENGTH) + "\"}");
    assertReached(() -> admin().revoke(body(longest)));
    assertRefused(
        400, "invalid_request", () -> admin().revoke(body(longest.replace("y\"}", "yy\"}"))));
    assertEquals(1, revoked.size());
  }

  @Test
  void aBodyOfOneByteTooManyIsRefused() {
    String largest = ALICE + " ".repeat(MAX_BYTES - ALICE.length());
    assertReached(() -> admin().revoke(body(largest)));
    assertRefused(413, "payload_too_large", () -> admin().revoke(body(largest + " ")));
    assertEquals(1, revoked.size());
  }

  @Test
  void theAnswerNamesTheTargetByItsKindAndLeavesTheOtherOut() {
    assertEquals(
        new Written(
            7,
            "alice",
            null,
            "2026-11-25T12:00:02.000000Z",
            "2026-11-25T12:00:01.000000Z",
            "2026-11-25T13:00:00.000000Z"),
        Written.of(revocation(Kind.PRINCIPAL, "alice")));
    Written session = Written.of(revocation(Kind.PROVIDER_SESSION, "sid-1"));
    assertEquals("null sid-1", session.principal() + " " + session.providerSession());
  }

  private static Revocation revocation(Kind kind, String name) {
    return new Revocation(
        7,
        new RevocationTarget(kind, Optional.of(Requests.TENANT), name),
        Instant.parse("2026-11-25T12:00:02Z"),
        Instant.parse("2026-11-25T12:00:01Z"),
        Instant.parse("2026-11-25T13:00:00Z"));
  }

  private RevocationsResource admin() {
    return resource(Requests.by("root", Role.ADMIN));
  }

  private RevocationsResource resource(RoleCheck roleCheck) {
    RevocationsResource resource = new RevocationsResource();
    resource.roleCheck = roleCheck;
    resource.adminActions =
        new AdminActions() {
          @Override
          public Revocation revoke(Caller caller, Kind kind, String name, Optional<String> why) {
            revoked.add(
                "%s of %s: %s %s%s"
                    .formatted(
                        caller.name(),
                        caller.tenant(),
                        kind,
                        name,
                        why.map(text -> ", " + text).orElse("")));
            throw new Requests.ReachedException();
          }
        };
    return resource;
  }
}
