package dev.tidemark.fill;

import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.EventTypes;
import dev.tidemark.wire.JsonText;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What one session says on one day: messages, the turns that answer them, and what is beside. */
final class Conversation {
  private static final Map<String, List<String>> TOOLS =
      Map.of(
          "echo", List.of("count_words"),
          "researcher", List.of("web_search", "fetch_page"),
          "coder", List.of("read_file", "run_tests", "write_file"));
  private static final int MOST_ATTEMPTS = 3;
  private static final double EVENTS_A_TURN = 36;

  /** What a turn takes at most, with its next attempts; so much before midnight none begins. */
  private static final long LONGEST = 5 * Times.MINUTE;

  private final World world;
  private final FilledSession session;
  private final Dice dice;
  private final Facts facts;
  private int messages;

  /** A message that came in the middle of a turn waits for the next one. */
  private Said waiting;

  private record Said(String messageId, long cursor, long at) {}

  Conversation(World world, FilledSession session, Facts facts) {
    this.world = world;
    this.session = session;
    this.facts = facts;
    dice = session.dice;
  }

  /** Goes on until it has had what it is owed, or the time is over. */
  void between(long from, long to) {
    long begin = Math.max(Math.max(from, session.createdAt + Times.SECOND), session.lastAt());
    long end = Math.min(to, session.silentFrom) - LONGEST;
    int turns = (int) Math.ceil(session.owed / EVENTS_A_TURN);
    long[] starts = new long[Math.max(0, turns)];
    for (int i = 0; i < starts.length; i++) { // most of it around noon
      starts[i] = begin + (long) ((dice.part() + dice.part()) / 2 * (end - begin));
    }
    Arrays.sort(starts);
    long at = begin;
    for (int i = 0; session.owed > 0; i++) {
      at =
          Math.max(
              i < starts.length ? starts[i] : 0,
              session.lastAt() + dice.between(Times.SECOND, 20 * Times.SECOND));
      if (at < begin || at > end) {
        return;
      }
      int before = session.head();
      exchange(at);
      session.owed -= session.head() - before;
    }
  }

  private void exchange(long at) {
    if (dice.chance(0.01)) {
      add(
          EventTypes.BROADCAST,
          "gateway",
          null,
          JsonText.object().text("notice", "maintenance at " + dice.number(18, 23)).end(),
          at);
    }
    Said said = say(session.lastAt() >= at ? session.lastAt() + Times.MILLI : at);
    while (said != null) {
      waiting = null;
      answer(said, 1);
      said = waiting;
    }
  }

  private Said say(long at) {
    String text = Words.sentence(dice, 2 + dice.length(7));
    String content = string(text);
    String messageId = "m-" + session.head() + "-" + ++messages;
    long cursor =
        add(
            EventTypes.MESSAGE,
            session.owner,
            null,
            JsonText.object()
                .json("content", content)
                .text("sender_id", session.owner)
                .text("message_id", messageId)
                .json("metadata", "{}")
                .end(),
            at);
    facts.messages.add(
        new Facts.Message(session, cursor, messageId, session.owner, "user", content, at, null));
    return new Said(messageId, cursor, at);
  }

  private void answer(Said said, int attempt) {
    UUID turn = dice.uuid();
    long started = session.lastAt() + dice.between(2 * Times.MILLI, 60 * Times.MILLI);
    String node = world.nodeAt(started, session.key % 2 == 0);
    long startedCursor =
        add(
            EventTypes.TURN_STARTED,
            session.agent,
            turn,
            JsonText.object()
                .text("message_id", said.messageId())
                .text("agent_id", session.agent)
                .number("attempt", attempt)
                .end(),
            started);
    String status = "completed";
    double luck = dice.part();
    if (luck < 0.03) {
      status = "failed";
    } else if (luck < 0.05) {
      status = "aborted";
    } else if (luck < 0.07) {
      status = "interrupted";
    }
    String text = work(turn, status.equals("completed"));
    long queuedAt = attempt == 1 ? said.at() : started - Times.MILLI;
    long ended = session.lastAt() + dice.between(Times.MILLI, 40 * Times.MILLI);
    boolean retried = status.equals("interrupted") && attempt < MOST_ATTEMPTS;
    long endedCursor = end(turn, said.messageId(), status, text, retried, ended);
    facts.turns.add(
        new Facts.Turn(
            turn,
            session,
            said.cursor(),
            said.messageId(),
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
      answer(said, attempt + 1);
    }
  }

  /** What a turn does before it ends; returns what it said. */
  private String work(UUID turn, boolean whole) {
    int calls = session.agent.equals("echo") ? 1 : dice.number(0, 3);
    for (int i = 1; i <= calls; i++) {
      call(turn, "call-" + i + "-" + turn.toString().substring(0, 8));
    }
    if (session.agent.equals("researcher")) {
      int thoughts = dice.number(1, 5);
      for (int i = 0; i < thoughts; i++) {
        piece(EventTypes.REASONING_STREAM, turn, Words.token(dice), 90);
      }
    }
    StringBuilder text = new StringBuilder();
    int tokens = 3 + dice.length(20);
    for (int i = 0; i < tokens; i++) {
      String token = Words.token(dice);
      piece(EventTypes.TOKEN_STREAM, turn, token, 60);
      text.append(token);
      if (waiting == null && dice.chance(0.002)) {
        waiting = say(session.lastAt() + dice.between(Times.MILLI, 15 * Times.MILLI));
      }
    }
    if (whole && dice.chance(0.6)) {
      updateState(turn);
    }
    return text.toString();
  }

  private void call(UUID turn, String callId) {
    String name = dice.of(TOOLS.get(session.agent));
    String arguments = JsonText.object().text("about", Words.sentence(dice, 3)).end();
    add(
        EventTypes.TOOL_CALL_STREAM,
        session.agent,
        turn,
        JsonText.object()
            .text("call_id", callId)
            .text("name", name)
            .json("arguments", arguments)
            .end(),
        session.lastAt() + dice.between(Times.MILLI, 30 * Times.MILLI));
    add(
        EventTypes.TOOL_RESULT_STREAM,
        session.agent,
        turn,
        JsonText.object()
            .text("call_id", callId)
            .text("name", name)
            .json("result", JsonText.object().number("items", dice.number(0, 40)).end())
            .end(),
        session.lastAt() + dice.between(20 * Times.MILLI, 1500 * Times.MILLI));
  }

  private void piece(String type, UUID turn, String content, long meanMillis) {
    add(
        type,
        session.agent,
        turn,
        JsonText.object().text("content", content).end(),
        session.lastAt() + dice.between(5 * Times.MILLI, 2 * meanMillis * Times.MILLI));
  }

  /** The state is what these patches make: a count, and a topic that comes and goes. */
  private void updateState(UUID turn) {
    session.stateTurns++;
    String topic = session.stateTopic;
    if (dice.chance(0.2)) {
      topic = dice.chance(0.3) ? null : dice.of(Words.TOPICS);
    }
    JsonText patch = JsonText.object().number("turns", session.stateTurns);
    if (topic == null && session.stateTopic != null) {
      patch.json("topic", "null");
    } else if (topic != null && !topic.equals(session.stateTopic)) {
      patch.text("topic", topic);
    }
    session.stateTopic = topic;
    session.stateAt = session.lastAt() + dice.between(Times.MILLI, 10 * Times.MILLI);
    session.stateCursor =
        add(
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
        data.json("content", string(text)).text("outcome", status);
      }
      case "failed" -> {
        type = EventTypes.TURN_FAILED;
        boolean late = dice.chance(0.2);
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
    long cursor = add(type, session.agent, turn, data.text("message_id", messageId).end(), at);
    add(
        EventTypes.STREAM_END,
        session.agent,
        turn,
        JsonText.object().text("outcome", status).end(),
        at);
    if (status.equals("completed")) {
      facts.messages.add(
          new Facts.Message(
              session, cursor, turn.toString(), session.agent, "agent", string(text), at, turn));
    }
    return cursor;
  }

  private long add(String type, String source, UUID turn, String payload, long at) {
    UUID id = dice.uuid();
    long cursor = session.tick(at);
    EventFrame event =
        new EventFrame(
            cursor,
            id.toString(),
            type,
            source,
            turn == null ? null : turn.toString(),
            Times.instant(at),
            payload);
    byte[] hash = session.chain.next(event, world.epochAt(at));
    facts.events.add(
        new Facts.Event(
            session, cursor, id, world.epochNumberAt(at), type, source, turn, payload, at, hash));
    return cursor;
  }

  private static String string(String text) {
    String object = JsonText.object().text("", text).end();
    return object.substring(4, object.length() - 1);
  }
}
