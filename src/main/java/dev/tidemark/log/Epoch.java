package dev.tidemark.log;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Immutable;

/**
 * The name of a line of cursors. A new one begins when the database's own history forked, so that a
 * cursor from the lost line can never pass for one of the new. The database itself finds that out,
 * in {@code tidemark.observe_epoch}, which runs on every new connection before anything else.
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
