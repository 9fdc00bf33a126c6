package dev.tidemark.session;

import java.util.Optional;
import java.util.UUID;

/**
 * The client at the other end of a connection, for the record.
 *
 * @param connectionId new with each connection
 * @param userAgent what it calls itself
 */
public record Client(
    UUID connectionId,
    String principal,
    String tenant,
    String remoteAddress,
    Optional<String> userAgent) {}
