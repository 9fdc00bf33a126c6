package dev.tidemark.access;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/** Asks who somebody is: by a ticket, by the credentials of the request, by the browser's login. */
@ApplicationScoped
class Identification {
  @Inject CurrentCaller current;
  @Inject TokenVerifier verifier;
  @Inject TicketDoor tickets;
  @Inject Logins logins;

  Admittance identify(Knock knock) throws DeniedException {
    Optional<Ticket> ticket = knock.socket() ? Ticket.in(knock.request()) : Optional.empty();
    return ticket.isPresent()
        ? byTicket(knock.request(), ticket.get())
        : byRequest(knock.request());
  }

  /** Passwords count only where no provider's tokens do. */
  private Admittance byRequest(HttpServletRequest request) throws DeniedException {
    if (!verifier.isConfigured()) {
      BasicCredentials.login(request);
    }
    Optional<Caller> caller = current.find();
    if (caller.isPresent()) {
      return new Admittance(caller.get(), logins.of(request, caller.get()));
    }
    if (current.refusal().isPresent()) {
      throw DeniedException.of(current.refusal().get());
    }
    throw DeniedException.unknown(
        request.getHeader("Authorization") == null
            ? "Who are you? Send credentials."
            : "These credentials are not right.");
  }

  /** A ticket's caller who is not logged in here must not end with whose login that is. */
  private Admittance byTicket(HttpServletRequest request, Ticket ticket) throws DeniedException {
    Optional<Caller> known = current.find();
    Caller caller = current.of(tickets.spend(ticket, known, request));
    return new Admittance(
        caller, known.isPresent() ? logins.of(request, caller) : Optional.empty());
  }
}
