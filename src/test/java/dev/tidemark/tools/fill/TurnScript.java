package dev.tidemark.tools.fill;

import dev.tidemark.tools.fill.Conversation.PendingMessage;
import dev.tidemark.wire.EventTypes;
import dev.tidemark.wire.JsonText;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongFunction;

/** An agent's work on a message: tools, thoughts, words, and one of four ends. */
final class TurnScript {
  private static final Map<String, List<String>> TOOLS =
      Map.of(
          "echo", List.of("count_words"),
          "researcher", List.of("web_search", "fetch_page"),
          "coder", List.of("read_file", "run_tests", "write_file"));
  private static final int MAX_ATTEMPTS = 3;

  private final World world;
  private final FilledSession session;
  private final SeededRandom random;
  private final Dataset dataset;
  private final SessionLog log;
  private final LongFunction<PendingMessage> say;

  /** A message that came in the middle of a turn waits for the next one. */
  private PendingMessage waiting;

  /**
   * @param say function by which the owner says something at a moment
   */
  TurnScript(
      World world,
      FilledSession session,
      Dataset dataset,
      SessionLog log,
      LongFunction<PendingMessage> say) {
    this.world = world;
    this.session = session;
    this.dataset = dataset;
    this.log = log;
    this.say = say;
    random = session.random;
  }

  /** Answers a message; returns a message that came meanwhile, or {@code null}. */
  PendingMessage answer(PendingMessage message) {
    waiting = null;
    attempt(message, 1);
    return waiting;
  }

  private void attempt(PendingMessage message, int attempt) {
    UUID turn = random.uuid();
    long started = session.lastAt() + random.between(2 * Times.MILLI, 60 * Times.MILLI);
    String node = world.nodeAt(started, session.key % 2 == 0);
    long startedCursor =
        log.add(
            EventTypes.TURN_STARTED,
            session.agent,
            turn,
            JsonText.object()
                .text("message_id", message.messageId())
                .text("agent_id", session.agent)
                .number("attempt", attempt)
                .end(),
            started);
    String status = luck();
    String text = work(turn, status.equals("completed"));
    long queuedAt = attempt == 1 ? message.at() : started - Times.MILLI;
    long ended = session.lastAt() + random.between(Times.MILLI, 40 * Times.MILLI);
    boolean retried = status.equals("interrupted") && attempt < MAX_ATTEMPTS;
    long endedCursor = end(turn, message.messageId(), status, text, retried, ended);
    dataset.turns.add(
        new Dataset.Turn(
            turn,
            session,
            message.cursor(),
            message.messageId(),
            status,
            attempt,
            queuedAt,
            started,
            ended,
            startedCursor,
            endedCursor,
            node,
            status.equals("aborted") ? ended - Times.MILLI : null,
            status.equals("aborted") ? "user" : null));
    if (retried) {
      attempt(message, attempt + 1);
    }
  }

  private String luck() {
    double luck = random.fraction();
    if (luck < 0.03) {
      return "failed";
    }
    if (luck < 0.05) {
      return "aborted";
    }
    return luck < 0.07 ? "interrupted" : "completed";
  }

  /** Makes the events of a turn before its end; returns its text. */
  private String work(UUID turn, boolean whole) {
    int calls = session.agent.equals("echo") ? 1 : random.number(0, 3);
    for (int i = 1; i <= calls; i++) {
      call(turn, "call-" + i + "-" + turn.toString().substring(0, 8));
    }
    if (session.agent.equals("researcher")) {
      int thoughts = random.number(1, 5);
      for (int i = 0; i < thoughts; i++) {
        piece(EventTypes.REASONING_STREAM, turn, Words.token(random), 90);
      }
    }
    StringBuilder text = new StringBuilder();
    int tokens = 3 + random.length(20);
    for (int i = 0; i < tokens; i++) {
      String token = Words.token(random);
      piece(EventTypes.TOKEN_STREAM, turn, token, 60);
      text.append(token);
      if (waiting == null && random.chance(0.002)) {
        waiting = say.apply(session.lastAt() + random.between(Times.MILLI, 15 * Times.MILLI));
      }
    }
    if (whole && random.chance(0.6)) {
      updateState(turn);
    }
    return text.toString();
  }

  private void call(UUID turn, String callId) {
    String name = random.oneOf(TOOLS.get(session.agent));
    String arguments = JsonText.object().text("about", Words.sentence(random, 3)).end();
    log.add(
        EventTypes.TOOL_CALL_STREAM,
        session.agent,
        turn,
        JsonText.object()
            .text("call_id", callId)
            .text("name", name)
            .json("arguments", arguments)
            .end(),
        session.lastAt() + random.between(Times.MILLI, 30 * Times.MILLI));
    log.add(
        EventTypes.TOOL_RESULT_STREAM,
        session.agent,
        turn,
        JsonText.object()
            .text("call_id", callId)
            .text("name", name)
            .json("result", JsonText.object().number("items", random.number(0, 40)).end())
            .end(),
        session.lastAt() + random.between(20 * Times.MILLI, 1500 * Times.MILLI));
  }

  private void piece(String type, UUID turn, String content, long meanMillis) {
    log.add(
        type,
        session.agent,
        turn,
        JsonText.object().text("content", content).end(),
        session.lastAt() + random.between(5 * Times.MILLI, 2 * meanMillis * Times.MILLI));
  }

  /** The state is what these patches make: a count, and a topic that comes and goes. */
  private void updateState(UUID turn) {
    session.stateTurns++;
    String topic = session.stateTopic;
    if (random.chance(0.2)) {
      topic = random.chance(0.3) ? null : random.oneOf(Words.TOPICS);
    }
    JsonText patch = JsonText.object().number("turns", session.stateTurns);
    if (topic == null && session.stateTopic != null) {
      patch.json("topic", "null");
    } else if (topic != null && !topic.equals(session.stateTopic)) {
      patch.text("topic", topic);
    }
    session.stateTopic = topic;
    session.stateAt = session.lastAt() + random.between(Times.MILLI, 10 * Times.MILLI);
    session.stateCursor =
        log.add(
            EventTypes.STATE_UPDATE,
            session.agent,
            turn,
            JsonText.object().json("patch", patch.end()).end(),
            session.stateAt);
  }

  private long end(
      UUID turn, String messageId, String status, String text, boolean retried, long at) {
    JsonText data = JsonText.object();
    String type;
    switch (status) {
      case "completed" -> {
        type = EventTypes.RESPONSE;
        data.json("content", SessionLog.string(text)).text("outcome", status);
      }
      case "failed" -> {
        type = EventTypes.TURN_FAILED;
        boolean late = random.chance(0.2);
        data.text("reason", late ? "time_limit" : "agent_error")
            .text("message", late ? "It took too long." : "The agent failed.");
      }
      case "aborted" -> {
        type = EventTypes.ABORTED;
        data.text("reason", "user");
      }
      default -> {
        type = EventTypes.TURN_INTERRUPTED;
        data.text("reason", "node_stopping").flag("retried", retried);
      }
    }
    long cursor = log.add(type, session.agent, turn, data.text("message_id", messageId).end(), at);
    log.add(
        EventTypes.STREAM_END,
        session.agent,
        turn,
        JsonText.object().text("outcome", status).end(),
        at);
    if (status.equals("completed")) {
      dataset.messages.add(
          new Dataset.Message(
              session,
              cursor,
              turn.toString(),
              session.agent,
              "agent",
              SessionLog.string(text),
              at,
              turn));
    }
    return cursor;
  }
}
