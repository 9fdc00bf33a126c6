package dev.tidemark.wire;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A request to join a session: the plain door.
 *
 * @param sessionId the session; absent for a new one with an id that nobody can guess
 * @param agentId the agent of a new session, or the one that the client expects
 * @param create whether a free {@code sessionId} may be taken
 * @param since the cursor that the client holds, 0 or more; absent for no replay
 * @param epoch the epoch of that cursor; absent to skip the check of the epoch (R6)
 * @param snapshot whether a client without {@code since} wants a snapshot first
 * @param capabilities the requested capabilities that this version knows
 */
public record Join(
    Optional<String> sessionId,
    Optional<String> agentId,
    boolean create,
    OptionalLong since,
    Optional<String> epoch,
    boolean snapshot,
    Set<Capability> capabilities)
    implements ClientFrame {
  public Join {
    Objects.requireNonNull(sessionId, "sessionId");
    Objects.requireNonNull(agentId, "agentId");
    Objects.requireNonNull(since, "since");
    Objects.requireNonNull(epoch, "epoch");
    capabilities = Set.copyOf(capabilities);
  }

  @Override
  public String type() {
    return "join";
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.join(this);
  }
}
