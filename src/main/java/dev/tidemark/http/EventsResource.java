package dev.tidemark.http;

import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.SessionAccess;
import dev.tidemark.access.limit.Charge;
import dev.tidemark.access.limit.NodeMemory;
import dev.tidemark.config.Settings;
import dev.tidemark.config.WireSettings;
import dev.tidemark.log.AppendUndecidedException;
import dev.tidemark.log.PayloadTooLargeException;
import dev.tidemark.log.Sender;
import dev.tidemark.log.UnknownSessionException;
import dev.tidemark.session.Publications;
import dev.tidemark.wire.BadFrameException;
import dev.tidemark.wire.FrameCost;
import dev.tidemark.wire.Publication;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.bind.annotation.JsonbProperty;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.io.InputStream;

/** Takes the events that a program publishes into the sessions of its tenant. */
@Path("sessions/{session_id}/events")
@RequestScoped
public class EventsResource {
  @Inject RoleCheck roleCheck;
  @Inject SessionAccess access;
  @Inject Publications publications;
  @Inject Settings settings;
  @Inject NodeMemory memory;

  /** The position of the event, which is durable. */
  public record Published(
      long cursor, @JsonbProperty("event_id") String eventId, boolean duplicate) {}

  /** Responds 201 if it was appended, 200 if it had been under the same {@code event_id}. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.APPLICATION_JSON)
  public Response publish(@PathParam("session_id") String sessionId, InputStream body) {
    Caller caller = roleCheck.require(Role.PUBLISHER);
    boolean isRepeatable = false;
    try (Charge charge = memory.open(caller)) {
      Publication publication = read(body, charge);
      isRepeatable = publication.eventId().isPresent();
      long sessionKey =
          access.findToPublish(caller, sessionId).orElseThrow(ProblemException::noSuchSession);
      Publications.Receipt receipt =
          publications.publish(sessionKey, new Sender(caller.tenant(), caller.name()), publication);
      return Response.status(receipt.duplicate() ? Status.OK : Status.CREATED)
          .entity(
              new Published(receipt.cursor(), receipt.eventId().toString(), receipt.duplicate()))
          .build();
    } catch (PayloadTooLargeException e) {
      throw ProblemException.tooLarge(e.getMessage());
    } catch (UnknownSessionException e) { // lost in a restore
      throw ProblemException.noSuchSession();
    } catch (AppendUndecidedException e) {
      throw ProblemException.unavailable(
          "It is not known yet whether the event is appended: it may be, later. "
              + (isRepeatable
                  ? "Send it again with the same event_id, and it is appended once."
                  : "Sent again it may be there twice; with an event_id it never is."));
    }
  }

  private Publication read(InputStream body, Charge charge) {
    try {
      String text = RequestBody.text(body, settings.get(WireSettings.MAX_PAYLOAD_BYTES));
      if (!charge.take(FrameCost.ofText(text) + FrameCost.ofHandling(text))) {
        throw ProblemException.unavailable("Your requests take all the memory that is yours.");
      }
      return Publication.read(text);
    } catch (BadFrameException e) {
      throw ProblemException.invalid(e.getMessage());
    }
  }
}
