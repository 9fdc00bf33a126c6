package dev.tidemark.http;

import dev.tidemark.access.Caller;
import dev.tidemark.access.FloorRight;
import dev.tidemark.access.Role;
import dev.tidemark.session.Access;
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

/** Lists the caller's own sessions and those shared with the caller. */
@Path("sessions")
@RequestScoped
public class SessionsResource {
  private static final int MAX_LISTED = 200;

  @Inject RoleCheck roleCheck;
  @Inject Sessions sessions;
  @Inject FloorRight floorRight;

  /** The newest {@value #MAX_LISTED} sessions, the one with the newest event first. */
  public record SessionList(List<Item> sessions) {}

  /**
   * One session; the names are those of the wire.
   *
   * @param access the caller's access: {@code owner}, {@code write} or {@code read}
   * @param mayRaiseFloor true if the caller may raise its floor; otherwise omitted
   */
  public record Item(
      @JsonbProperty("session_id") String sessionId,
      @JsonbProperty("agent_id") String agentId,
      String owner,
      String access,
      @JsonbProperty("created_at") String createdAt,
      @JsonbProperty("last_event_at") String lastEventAt,
      long cursor,
      @JsonbProperty("oldest_cursor") long oldestCursor,
      @JsonbProperty("may_raise_floor") Boolean mayRaiseFloor) {
    static Item of(SessionSummary summary, boolean ownerMayRaiseFloor) {
      return new Item(
          summary.sessionId(),
          summary.agentId(),
          summary.owner(),
          summary.access().text(),
          Timestamps.text(summary.createdAt()),
          summary.lastEventAt().map(Timestamps::text).orElse(null),
          summary.head(),
          summary.floor(),
          (ownerMayRaiseFloor && summary.access() == Access.OWNER) ? true : null);
    }
  }

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  public SessionList list() {
    Caller caller = roleCheck.require(Role.USER);
    boolean ownerMayRaiseFloor = floorRight.mayAsOwner(caller);
    return new SessionList(
        sessions.of(caller.tenant(), caller.name(), MAX_LISTED).stream()
            .map(session -> Item.of(session, ownerMayRaiseFloor))
            .toList());
  }
}
