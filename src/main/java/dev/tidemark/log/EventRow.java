package dev.tidemark.log;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Immutable;

/** An event as the database keeps it: written once; the application's role cannot change it. */
@Entity
@Immutable
@Table(name = "event", schema = "tidemark")
@IdClass(EventRow.Key.class)
class EventRow {
  @Id
  @Column(name = "session_key")
  long sessionKey;

  @Id
  @Column(name = "cursor")
  long cursor;

  @Column(name = "event_id")
  UUID eventId;

  @Column(name = "epoch_number")
  int epochNumber;

  @Column(name = "type", columnDefinition = "text")
  String type;

  @Column(name = "source", columnDefinition = "text")
  String source;

  @Column(name = "turn_id")
  UUID turnId;

  @Column(name = "payload", columnDefinition = "json")
  String payload;

  @Column(name = "created_at")
  Instant createdAt;

  @Column(name = "chain_hash")
  byte[] chainHash;

  @Column(name = "history_position")
  long historyPosition;

  /** Cursors are unique within a session (R1). */
  record Key(long sessionKey, long cursor) implements Serializable {}
}
