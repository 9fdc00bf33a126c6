package dev.tidemark.http;

import static dev.tidemark.http.Requests.assertRefused;
import static dev.tidemark.http.Requests.body;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.SessionAccess;
import dev.tidemark.access.limit.NodeMemory;
import dev.tidemark.config.WireSettings;
import dev.tidemark.log.PayloadTooLargeException;
import dev.tidemark.log.Sender;
import dev.tidemark.log.UnknownSessionException;
import dev.tidemark.ops.Metrics;
import dev.tidemark.session.Publications;
import dev.tidemark.wire.Publication;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The events that a program may publish, and the refusals of all others. */
final class EventsResourceTest {
  private static final String EVENT = "{\"type\":\"broadcast\",\"data\":{\"x\":1}}";
  private static final int MAX_BYTES = 1_024;

  private final List<String> published = new ArrayList<>();
  private RuntimeException failure = new UnknownSessionException(1);

  @Test
  void onlyAPublisherPublishes() {
    EventsResource user = resource(Requests.by("alice", Role.USER, Role.ADMIN));
    assertRefused(403, "not_allowed", () -> user.publish("s-1", body(EVENT)));
    assertEquals(List.of(), published);
  }

  @Test
  void aSessionThatIsNotThereIsNotFoundAlsoIfARestoreHasJustTakenIt() {
    assertRefused(404, "no_such_session", () -> publisher().publish("none", body(EVENT)));
    assertEquals(List.of(), published);
    assertRefused(404, "no_such_session", () -> publisher().publish("s-1", body(EVENT)));
    assertEquals(List.of("broadcast by feed"), published);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"type\":\"broadcast\"}",
        "{\"type\":\"response\",\"data\":{}}",
        "{\"type\":\"broadcast\",\"data\":{},\"event_id\":\"1\"}",
        "{\"type\":\"broadcast\",\"data\":{},\"data\":{}}"
      })
  void whatIsNoEventOfAPublisherIsRefused(String body) {
    assertRefused(400, "invalid_request", () -> publisher().publish("s-1", body(body)));
  }

  @Test
  void bytesThatAreNoTextAreRefusedAndNotReplaced() {
    byte[] bytes = EVENT.replace("1}", "\"?\"}").getBytes(java.nio.charset.StandardCharsets.UTF_8);
    bytes[EVENT.indexOf('1') + 1] = (byte) 0xe4;
    assertRefused(
        400, "invalid_request", () -> publisher().publish("s-1", new ByteArrayInputStream(bytes)));
    assertEquals(List.of(), published);
  }

  @Test
  void aBodyOrAnEventThatIsTooLargeIsRefusedAlike() {
    String padded = EVENT + " ".repeat(MAX_BYTES - EVENT.length());
    assertRefused(413, "payload_too_large", () -> publisher().publish("s-1", body(padded + " ")));
    assertEquals(List.of(), published);
    failure = new PayloadTooLargeException(2, 1);
    assertRefused(413, "payload_too_large", () -> publisher().publish("s-1", body(padded)));
    assertEquals(List.of("broadcast by feed"), published);
  }

  private EventsResource publisher() {
    return resource(Requests.by("feed", Role.PUBLISHER));
  }

  private EventsResource resource(RoleCheck roleCheck) {
    EventsResource resource = new EventsResource();
    resource.roleCheck = roleCheck;
    resource.settings =
        Requests.settings(WireSettings.MAX_PAYLOAD_BYTES.key(), String.valueOf(MAX_BYTES));
    resource.memory = new NodeMemory(resource.settings, new Metrics() {});
    resource.access =
        new SessionAccess() {
          @Override
          public OptionalLong findToPublish(Caller caller, String sessionId) {
            return sessionId.equals("s-1") ? OptionalLong.of(1) : OptionalLong.empty();
          }
        };
    resource.publications =
        new Publications() {
          @Override
          public Receipt publish(long sessionKey, Sender sender, Publication publication) {
            published.add(publication.type() + " by " + sender.name());
            throw failure;
          }
        };
    return resource;
  }
}
