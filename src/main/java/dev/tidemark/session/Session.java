package dev.tidemark.session;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.Generated;
import org.hibernate.annotations.Immutable;

/**
 * A conversation between its owner and one agent. Its id is unique within its tenant; its key is
 * the database's own.
 */
@Entity
@Immutable
@Table(name = "session", schema = "tidemark")
public class Session {
  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  @Column(name = "session_key")
  private long sessionKey;

  @Column(name = "session_id", columnDefinition = "text")
  private String sessionId;

  @Column(name = "tenant", columnDefinition = "text")
  private String tenant;

  @Column(name = "agent_id", columnDefinition = "text")
  private String agentId;

  @Column(name = "owner", columnDefinition = "text")
  private String owner;

  @Generated
  @Column(name = "created_at", insertable = false)
  private Instant createdAt;

  @Column(name = "closed_at")
  private Instant closedAt;

  protected Session() {}

  Session(long sessionKey, String sessionId, String tenant, String agentId, String owner) {
    this.sessionKey = sessionKey;
    this.sessionId = sessionId;
    this.tenant = tenant;
    this.agentId = agentId;
    this.owner = owner;
  }

  public long sessionKey() {
    return sessionKey;
  }

  public String sessionId() {
    return sessionId;
  }

  public String tenant() {
    return tenant;
  }

  public String agentId() {
    return agentId;
  }

  public String owner() {
    return owner;
  }
}
