package dev.tidemark.session;

import dev.tidemark.wire.Capability;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A client's request to join a session.
 *
 * @param created whether the session was made for this join
 * @param since last cursor that the client has, if given
 * @param epoch epoch of that cursor, if given
 * @param snapshot whether a client without {@code since} wants a snapshot
 * @param capabilities capabilities that the client named and is granted
 */
public record JoinRequest(
    Client client,
    String sessionId,
    boolean created,
    OptionalLong since,
    Optional<String> epoch,
    boolean snapshot,
    Set<Capability> capabilities) {}
