package dev.tidemark.access.ticket;

import dev.tidemark.access.Sha256;
import jakarta.servlet.http.HttpServletRequest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The value of a ticket: 256 random bits, known to the client but not to the database.
 *
 * @param value the value as sent on the wire
 */
public record Ticket(String value) {
  /** The prefix of the subprotocol that carries the ticket, beside the one that is spoken. */
  static final String PREFIX = "ticket.";

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BYTES = 32;
  private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9_-]{43}");

  static Ticket random() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return new Ticket(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /** The ticket that a handshake brings, well formed or not; empty if it brings none. */
  public static Optional<Ticket> in(HttpServletRequest handshake) {
    List<Ticket> brought =
        Collections.list(handshake.getHeaders("Sec-WebSocket-Protocol")).stream()
            .flatMap(header -> Stream.of(header.split(",", -1)))
            .map(String::strip)
            .filter(name -> name.startsWith(PREFIX))
            .map(name -> new Ticket(name.substring(PREFIX.length())))
            .toList();
    return brought.size() > 1 ? Optional.of(new Ticket("")) : brought.stream().findFirst();
  }

  /** Whether the value has the shape of a ticket; any other costs no database query. */
  boolean isWellFormed() {
    return SHAPE.matcher(value).matches();
  }

  /** The hash by which the database knows it. No salt is needed for 256 random bits. */
  byte[] hash() {
    return Sha256.of(value);
  }

  /** Hides the value, because the text may end in a log. */
  @Override
  public String toString() {
    return "a ticket";
  }
}
