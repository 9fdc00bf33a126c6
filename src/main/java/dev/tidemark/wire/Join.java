package dev.tidemark.wire;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The plain door to a session.
 *
 * @param sessionId the session; absent means a new one with an id that nobody can guess
 * @param agentId the agent of a new session, or the one that the client expects
 * @param create whether a free {@code sessionId} may be taken
 * @param since the cursor that the client holds, 0 or more; absent means that it asks for no replay
 * @param epoch the epoch of that cursor; absent means that the check of the epoch is skipped (R6)
 * @param snapshot whether a client without {@code since} wants a snapshot first
 * @param capabilities what it asked for and this version knows the name of
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
