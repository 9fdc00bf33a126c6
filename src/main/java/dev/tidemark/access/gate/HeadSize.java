package dev.tidemark.access.gate;

import dev.tidemark.wire.Problem;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.util.Optional;

/**
 * How large a head is, in characters. The server keeps the buffers that a head has filled as long
 * as its connection, and of a socket also the head itself.
 *
 * @param token those of the credentials, as far as a token may have them
 * @param rest all others: the address, and the names and values of the headers
 */
record HeadSize(long token, long rest) {
  private static final int LARGE = 8_192;

  /** A page's browser may bring many cookies. */
  private static final int LARGEST_HANDSHAKE = 16_384;

  /** What stands before a token. */
  private static final int SCHEME = 16;

  private static final Problem HANDSHAKE =
      new Problem(
          431,
          "invalid_request",
          "The head of a handshake may have at most "
              + LARGEST_HANDSHAKE
              + " characters, beside its token.");

  /**
   * @param tokenBytes the longest token
   */
  static HeadSize of(HttpServerExchange exchange, long tokenBytes) {
    long token = 0;
    long rest = (long) exchange.getRequestURI().length() + exchange.getQueryString().length();
    for (HeaderValues lines : exchange.getRequestHeaders()) {
      for (String value : lines) {
        rest += (long) lines.getHeaderName().length() + value.length();
      }
      if (lines.getHeaderName().equals(Headers.AUTHORIZATION)) {
        token = Math.min(lines.getFirst().length(), tokenBytes + SCHEME);
      }
    }
    return new HeadSize(token, rest - token);
  }

  /** The refusal of a handshake whose head is too large. */
  Optional<Problem> refusal(HttpServerExchange exchange) {
    return Exchanges.isSocket(exchange) && rest > LARGEST_HANDSHAKE
        ? Optional.of(HANDSHAKE)
        : Optional.empty();
  }

  /**
   * Ends the connection of HTTP/1.1 with the response to a large head: not one that becomes a
   * socket, nor that of a caller whose token alone is large.
   */
  void endConnection(HttpServerExchange exchange) {
    if (token + rest > LARGE) {
      exchange.addResponseCommitListener(
          response -> {
            int status = response.getStatusCode();
            boolean isRefused = status >= StatusCodes.BAD_REQUEST;
            if (status != StatusCodes.SWITCHING_PROTOCOLS && (rest > LARGE || isRefused)) {
              response.setPersistent(false);
            }
          });
    }
  }
}
