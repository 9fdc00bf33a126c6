package dev.tidemark.access.gate;

import dev.tidemark.access.Caller;
import dev.tidemark.access.caller.AuthenticatedPrincipal;
import dev.tidemark.access.caller.CurrentCaller;
import dev.tidemark.access.login.BrowserLogins;
import dev.tidemark.access.ticket.Ticket;
import dev.tidemark.access.token.TokenService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/** Asks who somebody is: by a ticket, by the credentials of the request, by the browser's login. */
@ApplicationScoped
class RequestAuthenticator {
  @Inject CurrentCaller current;
  @Inject TokenService verifier;
  @Inject TicketAuthenticator tickets;
  @Inject BrowserLogins browserLogins;

  AuthenticatedPrincipal identify(AccessRequest accessRequest) throws AccessDeniedException {
    Optional<Ticket> ticket =
        accessRequest.socket() ? Ticket.in(accessRequest.request()) : Optional.empty();
    return ticket.isPresent()
        ? byTicket(accessRequest.request(), ticket.get())
        : byRequest(accessRequest.request());
  }

  /** Passwords count only where no provider's tokens do. */
  private AuthenticatedPrincipal byRequest(HttpServletRequest request)
      throws AccessDeniedException {
    if (!verifier.isConfigured()) {
      BasicCredentials.login(request);
    }
    Optional<Caller> caller = current.find();
    if (caller.isPresent()) {
      return new AuthenticatedPrincipal(caller.get(), browserLogins.of(request, caller.get()));
    }
    if (current.refusal().isPresent()) {
      throw AccessDeniedException.of(current.refusal().get());
    }
    throw AccessDeniedException.unknown(
        request.getHeader("Authorization") == null
            ? "Who are you? Send credentials."
            : "These credentials are not right.");
  }

  /** A ticket's caller who is not logged in here must not end with whose login that is. */
  private AuthenticatedPrincipal byTicket(HttpServletRequest request, Ticket ticket)
      throws AccessDeniedException {
    Optional<Caller> known = current.find();
    Caller caller = current.of(tickets.spend(ticket, known, request));
    return new AuthenticatedPrincipal(
        caller, known.isPresent() ? browserLogins.of(request, caller) : Optional.empty());
  }
}
