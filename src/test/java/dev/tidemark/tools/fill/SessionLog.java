package dev.tidemark.tools.fill;

import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.JsonText;
import java.util.UUID;

/** Appends events to one session, each with the next cursor and the next hash. */
final class SessionLog {
  private final World world;
  private final FilledSession session;
  private final Dataset dataset;
  private final SeededRandom random;

  SessionLog(World world, FilledSession session, Dataset dataset) {
    this.world = world;
    this.session = session;
    this.dataset = dataset;
    random = session.random;
  }

  /** Appends an event; returns its cursor. */
  long add(String type, String source, UUID turn, String payload, long at) {
    UUID id = random.uuid();
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
    dataset.events.add(
        new Dataset.Event(
            session, cursor, id, world.epochNumberAt(at), type, source, turn, payload, at, hash));
    return cursor;
  }

  /** A text as a JSON string. */
  static String string(String text) {
    String object = JsonText.object().text("", text).end();
    return object.substring(4, object.length() - 1);
  }
}
