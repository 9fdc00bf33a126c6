package dev.tidemark.log;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Immutable;

/**
 * A line of history that cursors belong to. A new epoch begins when the database's own history
 * forks, so that a cursor of the lost line can never pass for one of the new line. The database
 * itself detects the fork, in {@code tidemark.observe_epoch}, which runs first on every new
 * connection.
 */
@Entity
@Immutable
@Table(name = "epoch", schema = "tidemark")
class Epoch {
  @Id
  @Column(name = "epoch_number")
  int epochNumber;

  @Column(name = "epoch_id")
  UUID epochId;

  @Column(name = "began_at")
  Instant beganAt;

  @Column(name = "reason", columnDefinition = "text")
  String reason;

  @Column(name = "system_identifier")
  long systemIdentifier;

  @Column(name = "timeline")
  int timeline;
}
