package dev.tidemark.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.SessionAccess;
import dev.tidemark.config.Settings;
import dev.tidemark.config.WireSettings;
import dev.tidemark.log.PayloadTooLargeException;
import dev.tidemark.log.UnknownSessionException;
import dev.tidemark.session.Publications;
import dev.tidemark.wire.BadFrameException;
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
import java.io.IOException;
import java.io.InputStream;

/** What a program publishes into the sessions of its tenant. */
@Path("sessions/{session_id}/events")
@RequestScoped
public class EventsResource {
  @Inject Callers callers;
  @Inject SessionAccess access;
  @Inject Publications publications;
  @Inject Settings settings;

  /** Where the event is; it is durable. */
  public record Published(
      long cursor, @JsonbProperty("event_id") String eventId, boolean duplicate) {}

  /** 201 if it was appended, 200 if it had been before under the same {@code event_id}. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.APPLICATION_JSON)
  public Response publish(@PathParam("session_id") String sessionId, InputStream body)
      throws IOException {
    Caller caller = callers.require(Role.PUBLISHER);
    Publication publication = read(body);
    long sessionKey = access.findToPublish(caller, sessionId).orElseThrow(Refused::noSuchSession);
    try {
      Publications.Receipt receipt = publications.publish(sessionKey, caller.name(), publication);
      return Response.status(receipt.duplicate() ? Status.OK : Status.CREATED)
          .entity(
              new Published(receipt.cursor(), receipt.eventId().toString(), receipt.duplicate()))
          .build();
    } catch (PayloadTooLargeException e) {
      throw tooLarge(e.getMessage());
    } catch (UnknownSessionException e) { // a restore took it
      throw Refused.noSuchSession();
    }
  }

  private Publication read(InputStream body) throws IOException {
    int max = Math.toIntExact(settings.get(WireSettings.MAX_PAYLOAD_BYTES));
    byte[] bytes = body.readNBytes(max + 1);
    if (bytes.length > max) {
      throw tooLarge("A request may have at most " + max + " bytes.");
    }
    try {
      return Publication.read(new String(bytes, UTF_8));
    } catch (BadFrameException e) {
      throw Refused.invalid(e.getMessage());
    }
  }

  private static Refused tooLarge(String message) {
    return new Refused(Status.REQUEST_ENTITY_TOO_LARGE, "payload_too_large", message);
  }
}
