package dev.tidemark.wire;

import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The reply to a {@code join}.
 *
 * @param sessionId the session, whose id is new to the client if it named none
 * @param agentId the session's agent
 * @param resumed whether the session existed already
 * @param mayWrite whether the client may send messages and abort turns, or only follow
 * @param position the log's position: the baseline of a join without {@code since} (R4)
 * @param resync the reason why the client's cursor cannot be continued; a snapshot follows (R6)
 * @param capabilities the capabilities that the client has until it joins again
 */
public record Joined(
    String sessionId,
    String agentId,
    boolean resumed,
    boolean mayWrite,
    Position position,
    Optional<ResyncReason> resync,
    Set<Capability> capabilities)
    implements ConnectionFrame {
  public static final int PROTOCOL_VERSION = 1;

  public Joined {
    Objects.requireNonNull(sessionId, "sessionId");
    Objects.requireNonNull(agentId, "agentId");
    Objects.requireNonNull(position, "position");
    Objects.requireNonNull(resync, "resync");
    capabilities = Set.copyOf(capabilities);
  }

  @Override
  public String encode() {
    return write(JsonText.frame("joined")).number("protocol_version", PROTOCOL_VERSION).end();
  }

  /** Writes the integrity fields, the same through both doors. */
  JsonText write(JsonText json) {
    json.text("session_id", sessionId)
        .text("agent_id", agentId)
        .flag("resumed", resumed)
        .plain("access", mayWrite ? "write" : "read")
        .text("epoch", position.epoch())
        .number("cursor", position.head())
        .number("oldest_cursor", position.floor())
        .flag("resync_required", resync.isPresent());
    resync.ifPresent(reason -> json.text("resync_reason", reason.wireName()));
    return json.array("capabilities", Capability.quoted(capabilities));
  }
}
