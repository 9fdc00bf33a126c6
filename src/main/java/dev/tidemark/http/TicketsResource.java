package dev.tidemark.http;

import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.record.Refusals;
import dev.tidemark.access.ticket.Tickets;
import dev.tidemark.wire.JsonText;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.util.Optional;

/** Tickets, with which a page of another origin opens its socket. */
@Path("tickets")
@RequestScoped
public class TicketsResource {
  private static final String TOO_MANY = "Too many tickets are unspent. Spend them, or wait.";

  @Inject Callers callers;
  @Inject Tickets tickets;
  @Inject Refusals refusals;

  /** One more, for the caller and the page that asks. */
  @POST
  @Produces(MediaType.APPLICATION_JSON)
  public Response issue(@HeaderParam("Origin") String origin) {
    Caller caller = callers.require(Role.USER);
    long lifeSeconds = tickets.life().toSeconds();
    return tickets
        .issue(caller, Optional.ofNullable(origin))
        .map(
            ticket ->
                Response.ok(
                    JsonText.object()
                        .text("ticket", ticket)
                        .number("expires_in", lifeSeconds)
                        .end()))
        .orElseGet(() -> tooMany(lifeSeconds))
        .build();
  }

  /** By then the oldest has ended, whenever it was made. */
  private Response.ResponseBuilder tooMany(long lifeSeconds) {
    int status = Status.TOO_MANY_REQUESTS.getStatusCode();
    refusals.recordRequest(status, "too_many_tickets", TOO_MANY);
    return Response.status(status)
        .header(HttpHeaders.RETRY_AFTER, lifeSeconds)
        .entity(
            JsonText.object()
                .text("code", "too_many_tickets")
                .text("message", TOO_MANY)
                .number("retry_after_seconds", lifeSeconds)
                .end());
  }
}
