package dev.tidemark.log;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.Immutable;

/**
 * A session's counter row: narrow, because every append rewrites it. Immutable here: it is written
 * only by {@link AppendSql}, by the database's function that raises floors, and with a new session.
 */
@Entity
@Immutable
@Table(name = "session_head", schema = "tidemark")
class SessionHeadRow {
  @Id
  @Column(name = "session_key")
  long sessionKey;

  @Column(name = "head_cursor")
  long headCursor;

  @Column(name = "floor_cursor")
  long floorCursor;

  /** No event from the floor on is earlier. */
  @Column(name = "floor_at")
  Instant floorAt;

  @Column(name = "chain_hash")
  byte[] chainHash;

  @Column(name = "last_event_at")
  Instant lastEventAt;
}
