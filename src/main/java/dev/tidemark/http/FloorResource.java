package dev.tidemark.http;

import dev.tidemark.access.Caller;
import dev.tidemark.access.FloorRight;
import dev.tidemark.access.Role;
import dev.tidemark.access.caller.CurrentCaller;
import dev.tidemark.access.revocation.AdminActions;
import dev.tidemark.access.revocation.SessionHeldException;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.bind.annotation.JsonbProperty;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;

/** Raises the floor of a session above all its events. */
@Path("sessions/{session_id}/floor")
@RequestScoped
public class FloorResource {
  @Inject CurrentCaller current;
  @Inject FloorRight right;
  @Inject AdminActions adminActions;

  /** The current floor. */
  public record Floor(
      @JsonbProperty("session_id") String sessionId,
      @JsonbProperty("oldest_cursor") long oldestCursor) {}

  /** Responds when the raise is durable and recorded; 409 if a legal hold keeps the floor. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.APPLICATION_JSON)
  public Floor raise(@PathParam("session_id") String sessionId, InputStream stream) {
    Caller caller = current.get();
    if (!right.has(caller, sessionId)) {
      throw RoleCheck.refusal(Role.ADMIN);
    }
    RequestBody body = RequestBody.adminAction(stream);
    try {
      return new Floor(
          sessionId,
          adminActions
              .raiseFloor(caller, sessionId, body.why())
              .orElseThrow(ProblemException::noSuchSession));
    } catch (SessionHeldException e) {
      throw ProblemException.conflict("on_hold", e.getMessage());
    }
  }
}
