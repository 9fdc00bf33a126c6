package dev.tidemark.session;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A join that somebody asks for.
 *
 * @param created whether the session was made for this join
 * @param since the last cursor that the client has, if it says so
 * @param epoch the line that this cursor belongs to, if it says so
 * @param snapshot whether a client without {@code since} wants a snapshot
 */
public record JoinRequest(
    String principal,
    String tenant,
    String remoteAddress,
    String sessionId,
    boolean created,
    OptionalLong since,
    Optional<String> epoch,
    boolean snapshot) {}
