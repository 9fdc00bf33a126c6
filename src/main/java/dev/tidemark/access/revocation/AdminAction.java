package dev.tidemark.access.revocation;

import dev.tidemark.access.record.Refusal;
import java.util.Optional;

/**
 * An action of an administrator, for the record. Never with a token.
 *
 * @param operation what, in one word
 * @param target whom or what it is about
 */
record AdminAction(Refusal.Requester actor, String operation, String target, Optional<String> why) {}
