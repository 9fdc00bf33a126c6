package dev.tidemark.agent;

import dev.tidemark.wire.JsonModel;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The built-in agent: repeats each message word by word. The message's metadata may set a delay and
 * a failure, so that tests and demonstrations can interrupt it: {@code
 * {"echo":{"token_delay_ms":150,"fail_after":3}}}.
 */
@ApplicationScoped
public class EchoAgent implements Agent {
  private static final Pattern WORD = Pattern.compile("\\S+\\s*");
  private static final long DEFAULT_DELAY_MILLIS = 40;
  private static final long MAX_DELAY_MILLIS = 60_000;

  @Override
  public String id() {
    return "echo";
  }

  @Override
  public boolean retryAfterInterruption() {
    return true; // saying it again does no harm
  }

  @Override
  public void run(TurnInput input, TurnOutput output) throws PublicTurnException {
    JsonObject wishes =
        input.metadata().get("echo") instanceof JsonObject echo
            ? echo
            : JsonValue.EMPTY_JSON_OBJECT;
    Duration delay =
        Duration.ofMillis(number(wishes, "token_delay_ms", DEFAULT_DELAY_MILLIS, MAX_DELAY_MILLIS));
    long failAfter = number(wishes, "fail_after", Long.MAX_VALUE, Long.MAX_VALUE);
    String text =
        input.content() instanceof JsonString said ? said.getString() : input.content().toString();

    String callId = "count-" + input.turnId();
    output.toolCall(
        callId, "count_words", JsonModel.object().add("text", abbreviated(text)).build());
    output.toolResult(
        callId,
        "count_words",
        JsonModel.object().add("words", WORD.matcher(text).results().count()).build());
    long said = 0;
    for (Matcher word = WORD.matcher(text); word.find(); ) {
      if (said == failAfter) {
        throw new PublicTurnException("Failed after " + said + " words, as the message asked for.");
      }
      output.pause(delay);
      output.token(word.group());
      said++;
    }
    output.mergeState(
        JsonModel.object()
            .add("turns", number(input.state(), "turns", 0, Long.MAX_VALUE - 1) + 1)
            .build());
    output.answer(JsonModel.string(text.substring(beginOf(text))));
  }

  private static int beginOf(String text) {
    Matcher word = WORD.matcher(text);
    return word.find() ? word.start() : text.length();
  }

  private static String abbreviated(String text) {
    return text.length() <= 80
        ? text
        : text.substring(0, text.offsetByCodePoints(0, text.codePointCount(0, 80))) + "…";
  }

  private static long number(JsonObject from, String field, long otherwise, long max) {
    return from.get(field) instanceof JsonNumber value && value.isIntegral()
        ? Math.max(0, Math.min(max, value.bigIntegerValue().longValue()))
        : otherwise;
  }
}
