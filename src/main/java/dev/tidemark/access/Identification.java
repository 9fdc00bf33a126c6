package dev.tidemark.access;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Asks who somebody is: by a ticket, by the credentials of the request, by the browser's login. */
@ApplicationScoped
class Identification {
  private static final String CHALLENGE = "WWW-Authenticate";
  private static final String BEARER = "Bearer realm=\"tidemark\"";
  private static final String BASIC = "Basic realm=\"tidemark\", charset=\"UTF-8\"";

  @Inject CurrentCaller current;
  @Inject TokenVerifier verifier;
  @Inject TicketDoor tickets;
  @Inject Logins logins;

  Admittance identify(Knock knock) throws DeniedException {
    Optional<Ticket> ticket = knock.socket() ? Ticket.in(knock.request()) : Optional.empty();
    return ticket.isPresent() ? byTicket(knock, ticket.get()) : byRequest(knock);
  }

  private Admittance byRequest(Knock knock) throws DeniedException {
    if (!verifier.isConfigured()) {
      BasicCredentials.login(knock.request());
    }
    Optional<Caller> caller = current.find();
    if (caller.isPresent()) {
      return new Admittance(caller.get(), logins.of(knock.request(), caller.get()));
    }
    throw current.refusal().isPresent()
        ? refused(current.refusal().get())
        : challenge(
            knock,
            "auth_required",
            knock.request().getHeader("Authorization") == null
                ? "Who are you? Send credentials."
                : "These credentials are not right.");
  }

  /** A ticket's caller who is not logged in here must not end with whose login that is. */
  private Admittance byTicket(Knock knock, Ticket ticket) throws DeniedException {
    Optional<Caller> known = current.find();
    Caller caller = current.of(tickets.spend(ticket, known, knock.request()));
    return new Admittance(
        caller, known.isPresent() ? logins.of(knock.request(), caller) : Optional.empty());
  }

  /** Asks for other credentials than those that came, if any did. */
  DeniedException challenge(Knock knock, String code, String message) {
    Map<String, String> headers =
        verifier.isConfigured()
            ? Map.of(CHALLENGE, BEARER)
            : knock.isOfAPage() ? Map.of() : Map.of(CHALLENGE, BASIC);
    return new DeniedException(
        HttpServletResponse.SC_UNAUTHORIZED, code, message, OptionalLong.empty(), headers);
  }

  /** Another token would help, or waiting, or neither: that one is of somebody without a place. */
  private static DeniedException refused(TokenException refusal) {
    String code = refusal.code().wireName();
    return switch (refusal.code()) {
      case KEYS_UNAVAILABLE -> DeniedException.forNow(code, refusal.getMessage());
      case WRONG_CALLER ->
          new DeniedException(HttpServletResponse.SC_FORBIDDEN, code, refusal.getMessage());
      default ->
          new DeniedException(
              HttpServletResponse.SC_UNAUTHORIZED,
              code,
              refusal.getMessage(),
              OptionalLong.empty(),
              Map.of(CHALLENGE, BEARER + ", error=\"invalid_token\""));
    };
  }
}
