package dev.tidemark.http;

import dev.tidemark.access.Caller;
import dev.tidemark.access.CurrentCaller;
import dev.tidemark.session.SessionSummary;
import dev.tidemark.session.Sessions;
import dev.tidemark.wire.Timestamps;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.bind.annotation.JsonbProperty;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;

/** The caller's own sessions. */
@Path("sessions")
@RequestScoped
public class SessionsResource {
  private static final int MOST = 200;

  @Inject CurrentCaller current;
  @Inject Sessions sessions;

  /** The newest {@value #MOST} sessions, the one with the newest event first. */
  public record SessionList(List<Item> sessions) {}

  /** One session; the names are those of the wire. */
  public record Item(
      @JsonbProperty("session_id") String sessionId,
      @JsonbProperty("agent_id") String agentId,
      @JsonbProperty("created_at") String createdAt,
      @JsonbProperty("last_event_at") String lastEventAt,
      long cursor,
      @JsonbProperty("oldest_cursor") long oldestCursor) {
    static Item of(SessionSummary summary) {
      return new Item(
          summary.sessionId(),
          summary.agentId(),
          Timestamps.text(summary.createdAt()),
          summary.lastEventAt().map(Timestamps::text).orElse(null),
          summary.head(),
          summary.floor());
    }
  }

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  public SessionList list() {
    Caller caller = current.get();
    return new SessionList(
        sessions.ownedBy(caller.tenant(), caller.name(), MOST).stream().map(Item::of).toList());
  }
}
