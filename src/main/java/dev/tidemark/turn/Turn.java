package dev.tidemark.turn;

import dev.tidemark.config.Settings;
import dev.tidemark.config.TurnSettings;
import dev.tidemark.wire.EventFrame;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Immutable;

/**
 * One run of an agent for one message. Changed by statements only, under the lock of its session
 * but for the end of its lease.
 */
@Entity
@Immutable
@Table(name = "turn", schema = "tidemark")
class Turn {
  @Id
  @Column(name = "turn_id")
  UUID turnId;

  @Column(name = "session_key")
  long sessionKey;

  @Column(name = "message_cursor")
  long messageCursor;

  @Column(name = "message_id", columnDefinition = "text")
  String messageId;

  @Column(name = "agent_id", columnDefinition = "text")
  String agentId;

  @Column(name = "status", columnDefinition = "text")
  String status;

  @Column(name = "attempt")
  int attempt;

  @Column(name = "queued_at")
  Instant queuedAt;

  @Column(name = "started_at")
  Instant startedAt;

  @Column(name = "ended_at")
  Instant endedAt;

  @Column(name = "started_cursor")
  Long startedCursor;

  @Column(name = "ended_cursor")
  Long endedCursor;

  @Column(name = "lease_owner", columnDefinition = "text")
  String leaseOwner;

  @Column(name = "lease_ends_at")
  Instant leaseEndsAt;

  @Column(name = "abort_requested_at")
  Instant abortRequestedAt;

  @Column(name = "abort_reason", columnDefinition = "text")
  String abortReason;

  @Column(name = "sender", columnDefinition = "text")
  String sender;

  TurnStatus status() {
    return TurnStatus.of(status);
  }

  /** Sets the turn running on this node, from the moment of its first event on, for one lease. */
  void begin(EventFrame event, Settings settings) {
    status = TurnStatus.RUNNING.text();
    startedAt = event.timestamp();
    startedCursor = event.cursor();
    leaseOwner = settings.nodeName();
    leaseEndsAt = startedAt.plus(settings.get(TurnSettings.LEASE));
  }
}
