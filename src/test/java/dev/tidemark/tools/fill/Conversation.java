package dev.tidemark.tools.fill;

import dev.tidemark.wire.EventTypes;
import dev.tidemark.wire.JsonText;
import java.util.Arrays;

/**
 * The messages of one session on one day, and broadcasts beside them; {@link TurnScript} answers.
 */
final class Conversation {
  private static final double EVENTS_A_TURN = 36;

  /** The longest time of a turn with its next attempts; none begins so close to midnight. */
  private static final long MAX_TURN_TIME = 5 * Times.MINUTE;

  private final FilledSession session;
  private final SeededRandom random;
  private final Dataset dataset;
  private final SessionLog log;
  private final TurnScript turns;
  private int messages;

  /** A message that waits for an answer. */
  record PendingMessage(String messageId, long cursor, long at) {}

  Conversation(World world, FilledSession session, Dataset dataset) {
    this.session = session;
    this.dataset = dataset;
    random = session.random;
    log = new SessionLog(world, session, dataset);
    turns = new TurnScript(world, session, dataset, log, this::say);
  }

  /** Goes on until the session has its share of events, or the time is over. */
  void between(long from, long to) {
    long begin = Math.max(Math.max(from, session.createdAt + Times.SECOND), session.lastAt());
    long end = Math.min(to, session.silentFrom) - MAX_TURN_TIME;
    int planned = (int) Math.ceil(session.owed / EVENTS_A_TURN);
    long[] starts = new long[Math.max(0, planned)];
    for (int i = 0; i < starts.length; i++) { // most of them around noon
      starts[i] = begin + (long) ((random.fraction() + random.fraction()) / 2 * (end - begin));
    }
    Arrays.sort(starts);
    long at = begin;
    for (int i = 0; session.owed > 0; i++) {
      at =
          Math.max(
              i < starts.length ? starts[i] : 0,
              session.lastAt() + random.between(Times.SECOND, 20 * Times.SECOND));
      if (at < begin || at > end) {
        return;
      }
      int before = session.head();
      exchange(at);
      session.owed -= session.head() - before;
    }
  }

  private void exchange(long at) {
    if (random.chance(0.01)) {
      log.add(
          EventTypes.BROADCAST,
          "gateway",
          null,
          JsonText.object().text("notice", "maintenance at " + random.number(18, 23)).end(),
          at);
    }
    PendingMessage message = say(session.lastAt() >= at ? session.lastAt() + Times.MILLI : at);
    while (message != null) {
      message = turns.answer(message);
    }
  }

  private PendingMessage say(long at) {
    String text = Words.sentence(random, 2 + random.length(7));
    String content = SessionLog.string(text);
    String messageId = "m-" + session.head() + "-" + ++messages;
    long cursor =
        log.add(
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
    dataset.messages.add(
        new Dataset.Message(session, cursor, messageId, session.owner, "user", content, at, null));
    return new PendingMessage(messageId, cursor, at);
  }
}
