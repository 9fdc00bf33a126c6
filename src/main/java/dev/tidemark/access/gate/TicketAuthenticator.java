package dev.tidemark.access.gate;

import dev.tidemark.access.Caller;
import dev.tidemark.access.ticket.Ticket;
import dev.tidemark.access.ticket.Tickets;
import dev.tidemark.ops.Node;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Authenticates a handshake by the ticket that it brings. */
@ApplicationScoped
public class TicketAuthenticator {
  private static final Logger LOG = Logger.getLogger(TicketAuthenticator.class);

  @Inject Tickets tickets;
  @Inject Node node;

  /**
   * Spends a ticket and returns its caller and page. A wrong caller or page spends it too, so that
   * a ticket in wrong hands cannot be tried again.
   *
   * @param other the caller by the request's other credentials, if any
   */
  Tickets.Spent spend(Ticket ticket, Optional<Caller> other, HttpServletRequest request)
      throws AccessDeniedException {
    if (node.refusal().isPresent()) {
      throw AccessDeniedException.forNow(node.refusal().get().message());
    }
    Tickets.Spent spent = spend(ticket);
    boolean samePage = spent.origin().equals(Origin.of(request));
    if (!samePage || !other.map(spent::isOf).orElse(true)) {
      throw new AccessDeniedException(
          403, "not_your_ticket", "This ticket was made for another page or another caller.");
    }
    return spent;
  }

  private Tickets.Spent spend(Ticket ticket) throws AccessDeniedException {
    try {
      return tickets
          .spend(ticket)
          .orElseThrow(
              () ->
                  new AccessDeniedException(
                      401,
                      "ticket_refused",
                      "This ticket is unknown, was spent, or is late. Get a new one."));
    } catch (Tickets.UnavailableException e) {
      LOG.warnf("TIDE0731 A ticket could not be looked up: %s", e.getMessage());
      throw AccessDeniedException.forNow("The database does not answer. Get a new ticket.");
    }
  }
}
