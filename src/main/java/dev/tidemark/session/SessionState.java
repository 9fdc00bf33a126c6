package dev.tidemark.session;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** The merged {@code state_update} events of a session, and the cursor of the last of them. */
@Entity
@Table(name = "session_state", schema = "tidemark")
class SessionState {
  @Id
  @Column(name = "session_key")
  long sessionKey;

  @Column(name = "state", columnDefinition = "jsonb")
  String state;

  @Column(name = "state_cursor")
  long stateCursor;

  @Column(name = "updated_at")
  Instant updatedAt;
}
