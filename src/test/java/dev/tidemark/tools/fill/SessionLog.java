package dev.tidemark.tools.fill;

import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.JsonText;
import java.util.UUID;

/** Appends events to one session, each with the next cursor and the next hash. */
final class SessionLog {
  private final World world;
  private final FilledSession session;
  private final Facts facts;
  private final Dice dice;

  SessionLog(World world, FilledSession session, Facts facts) {
    this.world = world;
    this.session = session;
    this.facts = facts;
    dice = session.dice;
  }

  /** Appends an event; returns its cursor. */
  long add(String type, String source, UUID turn, String payload, long at) {
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

  /** A text as a JSON string. */
  static String string(String text) {
    String object = JsonText.object().text("", text).end();
    return object.substring(4, object.length() - 1);
  }
}
