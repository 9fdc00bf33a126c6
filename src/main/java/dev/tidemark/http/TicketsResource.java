package dev.tidemark.http;

import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.caller.CurrentCaller;
import dev.tidemark.access.ticket.Tickets;
import dev.tidemark.wire.JsonText;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;

/** Issues tickets, with which a page of another origin opens its socket. */
@Path("tickets")
@RequestScoped
public class TicketsResource {
  @Inject RoleCheck roleCheck;
  @Inject CurrentCaller current;
  @Inject Tickets tickets;

  /** Issues a ticket for the caller and the requesting page. */
  @POST
  @Produces(MediaType.APPLICATION_JSON)
  public Response issue(@HeaderParam("Origin") String origin) {
    Caller caller = roleCheck.require(Role.USER);
    String ticket = tickets.issue(caller, Optional.ofNullable(origin), current.login());
    return Response.ok(
            JsonText.object()
                .text("ticket", ticket)
                .number("expires_in", tickets.life().toSeconds())
                .end())
        .build();
  }
}
