package dev.tidemark.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemark.config.DeliverySettings;
import dev.tidemark.config.RetentionSettings;
import dev.tidemark.config.WireSettings;
import dev.tidemark.testing.client.FrameSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** docs/protocol.md describes what the code does. */
final class ProtocolPageTest {
  private static final Path FILE =
      Path.of(System.getProperty("basedir", ""), "docs", "protocol.md");
  private static final String FROM_CLIENT = ">> ";
  private static final String FROM_SERVER = "<< ";

  private final String page = Files.readString(FILE);

  ProtocolPageTest() throws IOException {}

  @TestFactory
  List<DynamicTest> everyFrameOnThePageIsOne() {
    return frames().stream()
        .map(frame -> DynamicTest.dynamicTest(frame, () -> requireFrame(frame)))
        .toList();
  }

  @Test
  void thePageShowsEveryFrameOfBothSides() {
    Set<String> shown = new TreeSet<>();
    for (String frame : frames()) {
      shown.add(frame.substring(0, FROM_CLIENT.length()) + parse(frame).get("type").asText());
    }
    for (String type : FrameDecoder.TYPES) {
      assertTrue(shown.contains(FROM_CLIENT + type), type);
    }
    for (String type : ConnectionFrame.TYPES) {
      assertTrue(shown.contains(FROM_SERVER + type), type);
    }
    for (String type : EventTypes.ALL) {
      assertTrue(page.contains("`" + type + "`"), type);
    }
  }

  @Test
  void everyHelloOkOnThePageTellsWhatAServerWithDefaultsTells() {
    JsonNode expected = parse(FROM_SERVER + serverWithDefaults().encode());
    List<JsonNode> shown =
        frames().stream()
            .map(ProtocolPageTest::parse)
            .filter(frame -> frame.get("type").asText().equals("hello_ok"))
            .toList();
    assertEquals(2, shown.size());
    for (JsonNode frame : shown) {
      assertEquals(expected.get("features"), frame.get("features"));
      ObjectNode policy = frame.get("policy").deepCopy();
      assertEquals(expected.get("policy"), policy.without("auth_expires_in_ms"));
    }
    JsonNode example =
        FrameSchema.DOCUMENT.at("/components/messages/server-hello_ok/examples/0/payload");
    assertEquals(expected.get("features"), example.get("features"));
    assertEquals(expected.get("policy"), example.get("policy"));
  }

  private static HelloOk serverWithDefaults() {
    return new HelloOk(
        Samples.joined(Optional.empty()),
        new Policy(
            WireSettings.MAX_PAYLOAD_BYTES.defaultValue(),
            WireSettings.HEARTBEAT.defaultValue().toMillis(),
            WireSettings.SILENCE.defaultValue().toMillis(),
            WireSettings.MAX_BAD_FRAMES.defaultValue(),
            DeliverySettings.PAGE_EVENTS.defaultValue(),
            RetentionSettings.REPLAY_AGE.defaultValue().toMillis(),
            RetentionSettings.REPLAY_EVENTS.defaultValue(),
            OptionalLong.empty()));
  }

  @Test
  void theTableOfErrorCodesIsTheEnumeration() {
    List<String> rows =
        rows("\\| `([a-z_]+)` \\| [^|]+ \\| ([0-9]*) ?\\| (?:`([a-z_]+)`)? ?\\|")
            .map(row -> row.group(1) + " " + row.group(2) + " " + orEmpty(row.group(3)))
            .toList();
    List<String> codes = new ArrayList<>();
    for (ErrorCode code : ErrorCode.values()) {
      String close = code.closeCode().isPresent() ? "" + code.closeCode().getAsInt() : "";
      codes.add(
          code.wireName() + " " + close + " " + code.nextStep().map(NextStep::wireName).orElse(""));
    }
    assertEquals(codes, rows);
  }

  @Test
  void theTableOfCloseCodesTellsWhatToDo() {
    List<MatchResult> rows = rows("\\| ([0-9]{4}) \\| [^|]+ \\| (come back|stop)[^|]*\\|").toList();
    Set<Integer> listed = new TreeSet<>();
    for (MatchResult row : rows) {
      int code = Integer.parseInt(row.group(1));
      listed.add(code);
      assertEquals(CloseCode.comeBack(code), row.group(2).equals("come back"), row.group());
    }
    Set<Integer> documented = new TreeSet<>();
    FrameSchema.DOCUMENT
        .get("x-close-codes")
        .forEach(close -> documented.add(close.get("code").asInt()));
    assertEquals(documented, listed);
  }

  @Test
  void theSessionOnThePageKeepsRuleFour() {
    String session = page.substring(page.indexOf("## A session, start to end"));
    List<Long> seen =
        frames(session).stream()
            .map(ProtocolPageTest::parse)
            .filter(frame -> frame.has("seq"))
            .map(frame -> frame.get("seq").asLong())
            .toList();
    assertEquals(List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L), seen);
  }

  private List<String> frames() {
    return frames(page);
  }

  /** A frame begins at its mark and continues in indented lines. */
  private static List<String> frames(String text) {
    return Pattern.compile("^(>> |<< )[^\n]*(\n   [^\n]*)*", Pattern.MULTILINE)
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toList());
  }

  private Stream<MatchResult> rows(String pattern) {
    return Pattern.compile("^" + pattern + "$", Pattern.MULTILINE).matcher(page).results();
  }

  private static void requireFrame(String frame) {
    String text = frame.substring(FROM_CLIENT.length());
    if (frame.startsWith(FROM_CLIENT)) {
      FrameSchema.requireClientFrame(text);
      FrameDecoder.decode(text);
    } else {
      FrameSchema.requireServerFrame(text);
    }
  }

  private static JsonNode parse(String frame) {
    try {
      return FrameSchema.JSON.readTree(frame.substring(FROM_CLIENT.length()));
    } catch (JsonProcessingException e) {
      throw new AssertionError(frame, e);
    }
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }
}
