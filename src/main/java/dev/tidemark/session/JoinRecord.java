package dev.tidemark.session;

import dev.tidemark.wire.Position;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.Generated;
import org.hibernate.annotations.Immutable;

/** That somebody joined a session, or was refused, and what they got: for the auditor. */
@Entity
@Immutable
@Table(name = "join_record", schema = "tidemark")
class JoinRecord {
  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  @Column(name = "join_id")
  long joinId;

  @Generated
  @Column(name = "joined_at", insertable = false)
  Instant joinedAt;

  @Column(name = "principal", columnDefinition = "text")
  String principal;

  @Column(name = "tenant", columnDefinition = "text")
  String tenant;

  @Column(name = "remote_address", columnDefinition = "text")
  String remoteAddress;

  @Column(name = "node", columnDefinition = "text")
  String node;

  @Column(name = "session_id", columnDefinition = "text")
  String sessionId;

  @Column(name = "session_key")
  Long sessionKey;

  @Column(name = "since")
  Long since;

  @Column(name = "since_epoch", columnDefinition = "text")
  String sinceEpoch;

  @Column(name = "outcome", columnDefinition = "text")
  String outcome;

  @Column(name = "reason", columnDefinition = "text")
  String reason;

  @Column(name = "head_cursor")
  Long headCursor;

  @Column(name = "floor_cursor")
  Long floorCursor;

  @Column(name = "events")
  Long events;

  protected JoinRecord() {}

  JoinRecord(JoinRequest request, String node) {
    principal = request.principal();
    tenant = request.tenant();
    remoteAddress = request.remoteAddress();
    this.node = node;
    sessionId = request.sessionId();
    since = request.since().isPresent() ? request.since().getAsLong() : null;
    sinceEpoch = request.epoch().orElse(null);
  }

  JoinRecord refused(String code) {
    outcome = "refused";
    reason = code;
    return this;
  }

  JoinRecord joined(long key, boolean created, Position position, Resume.Decision decision) {
    sessionKey = key;
    headCursor = position.head();
    floorCursor = position.floor();
    if (decision instanceof Resume.Replay replay) {
      outcome = "replay";
      events = position.head() - replay.since();
    } else if (decision instanceof Resume.Resync resync) {
      outcome = "resync";
      reason = resync.reason().wireName();
    } else {
      outcome = created ? "created" : "fresh";
    }
    return this;
  }
}
