package dev.tidemark.http;

import static dev.tidemark.http.Requests.assertRefused;
import static dev.tidemark.http.Requests.body;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.access.Caller;
import dev.tidemark.access.FloorRight;
import dev.tidemark.access.Role;
import dev.tidemark.access.revocation.AdminActions;
import dev.tidemark.http.FloorResource.Floor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The right to raise a session's floor over REST, and the reason that is given for it. */
final class FloorResourceTest {
  private static final int MAX_BYTES = 8_192;
  private static final int MAX_REASON_LENGTH = 500;

  private final List<String> raised = new ArrayList<>();

  @Test
  void aCallerWithTheRightRaisesTheFloorWithOrWithoutAReason() throws IOException {
    assertEquals(new Floor("s-1", 42), of("root").raise("s-1", body("{}")));
    assertEquals(new Floor("s-1", 42), of("root").raise("s-1", body("{\"why\":\"a request\"}")));
    assertEquals(List.of("s-1 by root of acme", "s-1 by root of acme, a request"), raised);
  }

  @Test
  void aCallerWithoutTheRightGetsNoFurtherWhetherThereIsTheSessionOrNot() {
    assertRefused(403, "not_allowed", () -> of("alice").raise("s-1", body("{}")));
    assertRefused(403, "not_allowed", () -> of("alice").raise("none", body("{}")));
    assertRefused(403, "not_allowed", () -> of("alice").raise("s-1", body("no json")));
    assertEquals(List.of(), raised);
  }

  @Test
  void theRightIsAskedForThisSession() throws IOException {
    assertEquals(new Floor("s-alice", 42), of("alice").raise("s-alice", body("{}")));
    assertRefused(403, "not_allowed", () -> of("alice").raise("s-root", body("{}")));
  }

  @Test
  void aSessionThatIsNotThereIsNotFound() {
    assertRefused(404, "no_such_session", () -> of("root").raise("none", body("{}")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{\"why\":1}", "{\"why\":\" \"}", "{\"why\":\"a\\nb\"}"})
  void whatIsNoReasonIsRefused(String body) {
    assertRefused(400, "invalid_request", () -> of("root").raise("s-1", body(body)));
    assertEquals(List.of(), raised);
  }

  @Test
  void aReasonIsAsLongAsARecordTakes() throws IOException {
    String longest = "{\"why\":\"" + "\uD83D\uDE00".repeat(MAX_REASON_LENGTH) + "\"}";
    assertEquals(new Floor("s-1", 42), of("root").raise("s-1", body(longest)));
    assertRefused(
        400,
        "invalid_request",
        () -> of("root").raise("s-1", body(longest.replace("\"}", "x\"}"))));
    assertEquals(1, raised.size());
  }

  @Test
  void aBodyOfOneByteTooManyIsRefused() throws IOException {
    String largest = "{}" + " ".repeat(MAX_BYTES - 2);
    assertEquals(new Floor("s-1", 42), of("root").raise("s-1", body(largest)));
    assertRefused(413, "payload_too_large", () -> of("root").raise("s-1", body(largest + " ")));
    assertEquals(1, raised.size());
  }

  /** Root may raise all floors, any other caller only that of the session of their name. */
  private FloorResource of(String caller) {
    FloorResource resource = new FloorResource();
    resource.current = Requests.by(caller, Role.USER).current;
    resource.right =
        new FloorRight() {
          @Override
          public boolean has(Caller asking, String sessionId) {
            return asking.name().equals("root") || sessionId.equals("s-" + asking.name());
          }
        };
    resource.adminActions =
        new AdminActions() {
          @Override
          public OptionalLong raiseFloor(Caller asking, String sessionId, Optional<String> why) {
            raised.add(
                "%s by %s of %s%s"
                    .formatted(
                        sessionId,
                        asking.name(),
                        asking.tenant(),
                        why.map(text -> ", " + text).orElse("")));
            return sessionId.equals("none") ? OptionalLong.empty() : OptionalLong.of(42);
          }
        };
    return resource;
  }
}
