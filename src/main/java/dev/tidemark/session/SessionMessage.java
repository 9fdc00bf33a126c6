package dev.tidemark.session;

import dev.tidemark.wire.SnapshotMessage;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Immutable;

/**
 * A message in a session. It is kept apart from the events, because a snapshot needs it after a
 * purge.
 */
@Entity
@Immutable
@Table(name = "message", schema = "tidemark")
@IdClass(SessionMessage.Key.class)
class SessionMessage {
  @Id
  @Column(name = "session_key")
  long sessionKey;

  @Id
  @Column(name = "cursor")
  long cursor;

  @Column(name = "message_id", columnDefinition = "text")
  String messageId;

  @Column(name = "sender", columnDefinition = "text")
  String sender;

  @Column(name = "role", columnDefinition = "text")
  String role;

  @Column(name = "content", columnDefinition = "json")
  String content;

  @Column(name = "metadata", columnDefinition = "json")
  String metadata;

  @Column(name = "created_at")
  Instant createdAt;

  @Column(name = "turn_id")
  UUID turnId;

  SnapshotMessage inSnapshot(String sessionId) {
    return new SnapshotMessage(content, sender, sessionId, messageId, createdAt, metadata, cursor);
  }

  /** A message has the cursor of its event. */
  record Key(long sessionKey, long cursor) implements Serializable {}
}
