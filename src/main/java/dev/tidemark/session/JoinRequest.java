package dev.tidemark.session;

import dev.tidemark.wire.Capability;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A join that somebody asks for.
 *
 * @param created whether the session was made for this join
 * @param since the last cursor that the client has, if it says so
 * @param epoch the line that this cursor belongs to, if it says so
 * @param snapshot whether a client without {@code since} wants a snapshot
 * @param capabilities what it named and is granted
 */
public record JoinRequest(
    Client client,
    String sessionId,
    boolean created,
    OptionalLong since,
    Optional<String> epoch,
    boolean snapshot,
    Set<Capability> capabilities) {}
