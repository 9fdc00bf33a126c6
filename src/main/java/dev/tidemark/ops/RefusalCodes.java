package dev.tidemark.ops;

import dev.tidemark.wire.ErrorCode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The codes with which a client can be refused. */
final class RefusalCodes {
  private RefusalCodes() {}

  /** The codes of frames, and those that only responses of HTTP have. */
  static List<String> all() {
    return Stream.concat(
            Arrays.stream(ErrorCode.values()).map(ErrorCode::wireName),
            Stream.of(
                "body_timeout",
                "foreign_origin",
                "invalid_request",
                "is_owner",
                "no_such_member",
                "not_found",
                "not_your_ticket",
                "on_hold",
                "replayed_token",
                "ticket_refused",
                "token_in_address",
                "too_many_bodies",
                "too_many_bytes",
                "too_many_failures",
                "too_many_members",
                "too_many_requests",
                "too_many_tickets",
                "upgrade_required"))
        .toList();
  }
}
