package dev.tidemark.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemark.testing.client.FrameSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** docs/asyncapi.yaml describes what the code does, and its schemas reject anything else. */
final class AsyncApiTest {
  private static final JsonNode DOCUMENT = FrameSchema.DOCUMENT;

  @TestFactory
  List<DynamicTest> everyExampleIsAFrame() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Entry<String, JsonNode> message : messages()) {
      JsonNode examples = message.getValue().path("examples");
      assertTrue(examples.size() > 0, message.getKey() + " has no example");
      for (JsonNode example : examples) {
        String text = example.get("payload").toString();
        tests.add(
            DynamicTest.dynamicTest(message.getKey(), () -> requireFrame(message.getKey(), text)));
      }
    }
    return tests;
  }

  @TestFactory
  List<DynamicTest> everyServerFrameIsAsTheSchemaSays() {
    Set<Class<?>> sampled =
        Samples.serverFrames().stream().map(Object::getClass).collect(Collectors.toSet());
    Set<Class<?>> permitted = new HashSet<>(Set.of(EventFrame.class));
    permitted.addAll(Set.of(ConnectionFrame.class.getPermittedSubclasses()));
    assertEquals(permitted, sampled);
    return Samples.serverFrames().stream()
        .map(ServerFrame::encode)
        .map(text -> DynamicTest.dynamicTest(text, () -> FrameSchema.requireServerFrame(text)))
        .toList();
  }

  @TestFactory
  List<DynamicTest> anInventedFieldIsNoticedInEveryServerFrame() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Entry<String, JsonNode> message : messages()) {
      if (!message.getKey().startsWith("client-")) {
        ObjectNode frame = message.getValue().at("/examples/0/payload").deepCopy();
        frame.put("invented", 1);
        tests.add(DynamicTest.dynamicTest(message.getKey(), () -> assertRefused(frame.toString())));
      }
    }
    return tests;
  }

  @TestFactory
  List<DynamicTest> anInventedFieldIsNoticedInTheDataOfEveryEventOfATurn() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Entry<String, JsonNode> message : messages()) {
      boolean open =
          Set.of("event-session_update", "event-broadcast", "event-other")
              .contains(message.getKey());
      if (message.getKey().startsWith("event-") && !open) {
        ObjectNode event = message.getValue().at("/examples/0/payload").deepCopy();
        ((ObjectNode) event.get("data")).put("invented", 1);
        ObjectNode replay = FrameSchema.JSON.createObjectNode().put("type", "replay");
        replay.set("seq", event.get("seq"));
        replay.set("event", event);
        tests.add(
            DynamicTest.dynamicTest(
                message.getKey(),
                () -> {
                  assertRefused(event.toString());
                  assertRefused(replay.toString());
                }));
      }
    }
    return tests;
  }

  @Test
  void unknownFieldsOfAClientAreIgnoredByTheSchemaAndByTheDecoder() {
    String text = "{\"type\":\"ping\",\"invented\":{\"deep\":[1.5,null]}}";
    FrameSchema.requireClientFrame(text);
    assertEquals(new Ping(), FrameDecoder.decode(text));
  }

  @Test
  void anEventWithTwoNumbersIsNotOne() {
    String event = Samples.token(5, "a").encode();
    assertRefused(event.replace("\"cursor\":5", "\"cursor\":6"));
    assertRefused(
        new Replay(new EncodedEvent(Samples.token(5, "a")), 5)
            .encode()
            .replaceFirst("\"seq\":5", "\"seq\":6"));
  }

  @Test
  void whatIsNotAFrameIsRefused() {
    assertRefused("[]");
    assertRefused("{\"type\":\"pong\"} {}");
    assertRefused("{\"type\":\"pong\",\"type\":\"pong\"}");
    assertRefused(Samples.joined(Optional.empty()).encode().replace("false", "true"));
    assertRefused("{\"type\":\"ping\",\"cursor\":1}");
  }

  @Test
  void theTableOfErrorCodesIsTheEnumeration() {
    Map<String, String> documented =
        DOCUMENT.get("x-error-codes").properties().stream()
            .collect(
                Collectors.toMap(
                    Entry::getKey,
                    e ->
                        e.getValue().path("closeCode").asText()
                            + e.getValue().path("nextStep").asText()));
    Map<String, String> enumerated =
        Arrays.stream(ErrorCode.values())
            .collect(
                Collectors.toMap(
                    ErrorCode::wireName,
                    code ->
                        code.closeCode().stream().mapToObj(String::valueOf).findAny().orElse("")
                            + code.nextStep().map(NextStep::wireName).orElse("")));
    assertEquals(enumerated, documented);
    assertEquals(new TreeSet<>(enumerated.keySet()), texts("/components/schemas/ErrorCode/enum"));
  }

  @Test
  void theOtherListsAreTheEnumerationsToo() {
    assertEquals(
        Arrays.stream(NextStep.values()).map(NextStep::wireName).collect(Collectors.toSet()),
        texts("/components/schemas/NextStep/enum"));
    assertEquals(
        Arrays.stream(ResyncReason.values())
            .map(ResyncReason::wireName)
            .collect(Collectors.toSet()),
        texts("/components/schemas/ResyncReason/enum"));
    for (JsonNode close : DOCUMENT.get("x-close-codes")) {
      assertEquals(
          CloseCode.comeBack(close.get("code").asInt()),
          close.get("client").asText().equals("come_back"),
          close.toString());
    }
    assertEquals(new TreeSet<>(FrameDecoder.TYPES), messagesNamed("client-"));
    assertEquals(new TreeSet<>(ConnectionFrame.TYPES), messagesNamed("server-"));
    Set<String> events = new TreeSet<>(EventTypes.ALL);
    events.add("other");
    assertEquals(events, messagesNamed("event-"));
  }

  @Test
  void theTypesOfConnectionFramesAreThoseThatAreSent() throws JsonProcessingException {
    Set<String> sent = new TreeSet<>();
    for (ServerFrame frame : Samples.serverFrames()) {
      if (frame instanceof ConnectionFrame) {
        sent.add(FrameSchema.JSON.readTree(frame.encode()).get("type").asText());
      }
    }
    assertEquals(new TreeSet<>(ConnectionFrame.TYPES), sent);
  }

  private static void requireFrame(String message, String text) {
    if (message.startsWith("client-")) {
      FrameSchema.requireClientFrame(text);
      FrameDecoder.decode(text);
    } else {
      FrameSchema.requireServerFrame(text);
    }
  }

  private static void assertRefused(String text) {
    assertThrows(AssertionError.class, () -> FrameSchema.requireServerFrame(text), text);
  }

  private static Set<Entry<String, JsonNode>> messages() {
    return DOCUMENT.at("/components/messages").properties();
  }

  private static Set<String> messagesNamed(String prefix) {
    return messages().stream()
        .map(Entry::getKey)
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> texts(String pointer) {
    Set<String> texts = new TreeSet<>();
    DOCUMENT.at(pointer).forEach(node -> texts.add(node.asText()));
    return texts;
  }
}
