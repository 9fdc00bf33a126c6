package dev.tidemark.http;

import static dev.tidemark.http.Requests.assertRefused;
import static dev.tidemark.http.Requests.body;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.SessionAccess;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.log.TenantSession;
import dev.tidemark.session.Access;
import dev.tidemark.session.AccessibleSession;
import dev.tidemark.session.Member;
import dev.tidemark.session.Members;
import dev.tidemark.session.Session;
import dev.tidemark.wire.Name;
import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sharing of sessions: the owner's and members' rights, and the refusals. */
final class MembersResourceTest {
  private static final String READ = "{\"access\":\"read\"}";

  private final List<String> removed = new ArrayList<>();
  private Members.Outcome outcome = Members.Outcome.ADDED;

  @Test
  void theOwnerSeesTheMembers() {
    assertEquals(
        List.of("bob read"),
        of("alice").list().members().stream()
            .map(member -> member.principal() + " " + member.access())
            .toList());
  }

  @Test
  void aMemberIsNotTheOwnerAndAStrangerIsToldThatThereIsNoSession() {
    assertRefused(403, "not_allowed", () -> of("bob").list());
    assertRefused(403, "not_allowed", () -> of("bob").put("carol", body(READ)));
    assertRefused(404, "no_such_session", () -> of("mallory").list());
    assertRefused(404, "no_such_session", () -> of("mallory").put("carol", body(READ)));
    assertRefused(404, "no_such_session", () -> of("mallory").remove("bob"));
  }

  @Test
  void theRoleIsAskedForBeforeTheSession() {
    MembersResource resource = resource(Requests.by("alice", Role.ADMIN));
    assertRefused(403, "not_allowed", resource::list);
    assertRefused(403, "not_allowed", () -> resource.put("carol", body(READ)));
    assertRefused(403, "not_allowed", () -> resource.remove("bob"));
  }

  @Test
  void theOwnerIsNoMember() {
    assertRefused(409, "is_owner", () -> of("alice").put("alice", body(READ)));
  }

  @Test
  void oneMemberTooManyIsAConflict() {
    outcome = Members.Outcome.TOO_MANY;
    assertRefused(409, "too_many_members", () -> of("alice").put("carol", body(READ)));
  }

  @Test
  void aNameThatNobodyCanSignInWithIsRefused() {
    String longest = "c".repeat(Name.MAX_LENGTH);
    assertRefused(400, "invalid_request", () -> of("alice").put(longest + "c", body(READ)));
    assertRefused(400, "invalid_request", () -> of("alice").put(" ", body(READ)));
    assertRefused(400, "invalid_request", () -> of("alice").put("eve\nadmin", body(READ)));
    outcome = Members.Outcome.TOO_MANY; // the name has passed
    assertRefused(409, "too_many_members", () -> of("alice").put(longest, body(READ)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[]", "{\"access\":\"owner\"}", "{\"access\":1}"})
  void aBodyThatSaysNothingOfAccessIsRefused(String body) {
    assertRefused(400, "invalid_request", () -> of("alice").put("carol", body(body)));
  }

  @Test
  void aBodyIsReadAsStrictlyAsAnyOther() {
    byte[] notUtf8 = {'{', '"', (byte) 0xff, '"', ':', '1', '}'};
    assertRefused(
        400, "invalid_request", () -> of("alice").put("carol", new ByteArrayInputStream(notUtf8)));
    assertRefused(
        413,
        "payload_too_large",
        () -> of("alice").put("carol", body(READ + " ".repeat(1_048_576))));
  }

  @Test
  void aMemberMayLeaveAndTakeOutNobodyElse() {
    of("bob").remove("bob");
    of("alice").remove("bob");
    assertEquals(List.of("bob by bob", "bob by alice"), removed);
    assertRefused(403, "not_allowed", () -> of("bob").remove("carol"));
    assertRefused(404, "no_such_member", () -> of("alice").remove("carol"));
  }

  private MembersResource of(String caller) {
    return resource(Requests.by(caller, Role.USER));
  }

  /** A session of alice's that is shared with bob. */
  private MembersResource resource(RoleCheck roleCheck) {
    MembersResource resource = new MembersResource();
    resource.roleCheck = roleCheck;
    resource.settings = Requests.settings(AccessSettings.MEMBERS_PER_SESSION.key(), "2");
    resource.sessionId = "s-1";
    resource.access =
        new SessionAccess() {
          @Override
          public Optional<AccessibleSession> find(Caller caller, String sessionId) {
            return switch (caller.name()) {
              case "alice" -> Optional.of(new AccessibleSession(ALICES, Access.OWNER, null));
              case "bob" -> Optional.of(new AccessibleSession(ALICES, Access.READ, null));
              default -> Optional.empty();
            };
          }
        };
    resource.members =
        new Members() {
          @Override
          public List<Member> of(TenantSession tenantSession) {
            return List.of(new Member("bob", false, Instant.EPOCH, "alice"));
          }

          @Override
          public Outcome put(long sessionKey, String principal, boolean mayWrite, String by) {
            return outcome;
          }

          @Override
          public boolean remove(long sessionKey, String principal, String by) {
            if (principal.equals("bob")) {
              removed.add(principal + " by " + by);
            }
            return principal.equals("bob");
          }
        };
    return resource;
  }

  private static final Session ALICES =
      new Session() {
        @Override
        public long sessionKey() {
          return 1;
        }

        @Override
        public String owner() {
          return "alice";
        }
      };
}
