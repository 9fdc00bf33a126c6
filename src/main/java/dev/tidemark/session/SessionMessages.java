package dev.tidemark.session;

import dev.tidemark.log.Rows;
import dev.tidemark.wire.EventFrame;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * Keeps what was said in a session, for snapshots and to know a repeated message. Called under the
 * session's lock.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.MANDATORY)
public class SessionMessages {
  @PersistenceContext EntityManager entities;

  /** Who speaks. */
  public enum Role {
    USER,
    AGENT
  }

  /** Where a sender's message with this id is, if it is there. */
  public Optional<Long> cursorOf(long sessionKey, String sender, String messageId) {
    return entities
        .createQuery(
            "select m.cursor from SessionMessage m where m.sessionKey = :key and m.sender = :sender and m.messageId = :id",
            Long.class)
        .setParameter("key", sessionKey)
        .setParameter("sender", sender)
        .setParameter("id", messageId)
        .getResultStream()
        .findFirst();
  }

  /** What was said at a cursor. */
  public Optional<Said> at(long sessionKey, long cursor) {
    return Rows.find(entities, SessionMessage.class, new SessionMessage.Key(sessionKey, cursor))
        .map(message -> new Said(message.content, message.metadata));
  }

  /**
   * What a message says.
   *
   * @param contentJson a JSON string or object
   * @param metadataJson a JSON object
   */
  public record Said(String contentJson, String metadataJson) {}

  /** Keeps the message that an event, appended in this transaction, carries. */
  public void keep(
      long sessionKey,
      EventFrame event,
      Role role,
      String messageId,
      JsonValue content,
      JsonObject metadata) {
    entities
        .createNativeQuery(
            """
            insert into tidemark.message (session_key, cursor, message_id, sender, role, content, metadata, created_at, turn_id)
            values (:key, :cursor, :id, :sender, :role, cast(:content as json), cast(:metadata as json), :at, cast(:turn as uuid))""")
        .setParameter("key", sessionKey)
        .setParameter("cursor", event.cursor())
        .setParameter("id", messageId)
        .setParameter("sender", event.source())
        .setParameter("role", role.name().toLowerCase(java.util.Locale.ROOT))
        .setParameter("content", content.toString())
        .setParameter("metadata", metadata.toString())
        .setParameter("at", event.timestamp().atOffset(ZoneOffset.UTC))
        .setParameter("turn", event.turnId())
        .executeUpdate();
  }
}
