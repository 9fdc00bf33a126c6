package dev.tidemark.access.revocation;

import dev.tidemark.access.record.Refusal;
import java.util.Optional;

/**
 * An action of an administrator, for the record; holds no token.
 *
 * @param operation the operation, in one word
 * @param target the person or thing that it concerns
 */
record AdminAction(
    Refusal.Requester actor, String operation, String target, Optional<String> why) {}
