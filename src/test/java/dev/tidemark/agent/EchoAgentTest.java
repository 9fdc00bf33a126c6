package dev.tidemark.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemark.wire.JsonModel;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The built-in agent repeats the message word by word, as the message's metadata requests. */
final class EchoAgentTest {
  private final Heard heard = new Heard();

  @Test
  void itSaysEachWordWithTheSpaceBehindIt() throws Exception {
    echo("\"one  two three\"", "{}");
    assertEquals(List.of("one  ", "two ", "three"), heard.tokens);
    assertEquals(List.of(JsonModel.string("one  two three")), heard.answers);
  }

  @Test
  void anObjectIsSaidAsItsText() throws Exception {
    echo("{\"a\":1}", "{}");
    assertEquals(List.of("{\"a\":1}"), heard.tokens);
  }

  @Test
  void itCountsTheWordsByATool() throws Exception {
    echo("\"one two\"", "{}");
    assertEquals(
        List.of(
            "count-t-1 count_words {\"text\":\"one two\"}", "count-t-1 count_words {\"words\":2}"),
        heard.tools);
  }

  @Test
  void aLongTextIsCutForTheToolBetweenCharacters() throws Exception {
    String wave = "\ud83c\udf0a"; // one character of two chars; char 80 of the text is a first half
    echo("\"x" + wave.repeat(60) + "\"", "{}");
    assertEquals(
        "count-t-1 count_words {\"text\":\"x" + wave.repeat(40) + "…\"}", heard.tools.get(0));
  }

  @Test
  void itCountsTheTurnsInTheState() throws Exception {
    echo("\"one\"", "{}");
    assertEquals(List.of("{\"turns\":8}"), heard.patches);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                   | 40",
        "{\"echo\":{\"token_delay_ms\":0}}      | 0",
        "{\"echo\":{\"token_delay_ms\":-5}}     | 0",
        "{\"echo\":{\"token_delay_ms\":150}}    | 150",
        "{\"echo\":{\"token_delay_ms\":999999}} | 60000",
        "{\"echo\":{\"token_delay_ms\":\"7\"}}  | 40",
        "{\"echo\":7}                         | 40"
      })
  void itsPaceIsTheMessagesWithinLimits(String metadata, long millis) throws Exception {
    echo("\"one two\"", metadata);
    assertEquals(List.of(Duration.ofMillis(millis), Duration.ofMillis(millis)), heard.pauses);
  }

  @Test
  void itFailsAfterAsManyWordsAsTheMessageAsksFor() {
    PublicTurnException failure =
        assertThrows(
            PublicTurnException.class,
            () -> echo("\"one two three\"", "{\"echo\":{\"fail_after\":2}}"));
    assertEquals("Failed after 2 words, as the message asked for.", failure.getMessage());
    assertEquals(List.of("one ", "two "), heard.tokens);
    assertEquals(List.of(), heard.answers);
  }

  @Test
  void aMessageWithoutWordsIsAnsweredByNothing() throws Exception {
    echo("\" \"", "{\"echo\":{\"fail_after\":1}}");
    assertEquals(List.of(), heard.tokens);
    assertEquals(List.of(JsonModel.string("")), heard.answers);
  }

  private void echo(String content, String metadata) throws PublicTurnException {
    new EchoAgent()
        .run(
            new TurnInput(
                "s-1",
                "t-1",
                "m-1",
                JsonModel.parse(content),
                JsonModel.parse(metadata).asJsonObject(),
                JsonModel.object().add("turns", 7).build(),
                1,
                Instant.MAX),
            heard);
  }

  /** Records every call and never waits. */
  private static final class Heard implements TurnOutput {
    final List<String> tokens = new ArrayList<>();
    final List<String> tools = new ArrayList<>();
    final List<String> patches = new ArrayList<>();
    final List<JsonValue> answers = new ArrayList<>();
    final List<Duration> pauses = new ArrayList<>();

    @Override
    public void token(String content) {
      tokens.add(content);
    }

    @Override
    public void reasoning(String content) {
      throw new AssertionError("it does not think");
    }

    @Override
    public void toolCall(String callId, String name, JsonObject arguments) {
      tools.add(callId + " " + name + " " + arguments);
    }

    @Override
    public void toolResult(String callId, String name, JsonValue result) {
      tools.add(callId + " " + name + " " + result);
    }

    @Override
    public JsonObject mergeState(JsonObject patch) {
      patches.add(patch.toString());
      return patch;
    }

    @Override
    public void answer(JsonValue content) {
      answers.add(content);
    }

    @Override
    public void pause(Duration duration) {
      pauses.add(duration);
    }

    @Override
    public void whenOver(Runnable action) {
      throw new AssertionError("it waits for nothing else");
    }

    @Override
    public boolean isOver() {
      return false;
    }
  }
}
