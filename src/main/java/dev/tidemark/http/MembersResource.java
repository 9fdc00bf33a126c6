package dev.tidemark.http;

import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.SessionAccess;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.config.WireSettings;
import dev.tidemark.log.TenantSession;
import dev.tidemark.session.Access;
import dev.tidemark.session.AccessibleSession;
import dev.tidemark.session.Member;
import dev.tidemark.session.Members;
import dev.tidemark.session.Session;
import dev.tidemark.wire.AccessGrant;
import dev.tidemark.wire.BadFrameException;
import dev.tidemark.wire.Timestamps;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.bind.annotation.JsonbProperty;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.io.InputStream;
import java.util.List;

/** The members of a session: its owner adds and removes them, a member may only leave. */
@Path("sessions/{session_id}/members")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class MembersResource {
  @Inject RoleCheck roleCheck;
  @Inject SessionAccess access;
  @Inject Members members;
  @Inject Settings settings;

  @PathParam("session_id")
  String sessionId;

  /** The principals that may join beside the owner. */
  public record MemberList(List<Item> members) {}

  /** One member. */
  public record Item(
      String principal,
      String access,
      @JsonbProperty("added_at") String addedAt,
      @JsonbProperty("added_by") String addedBy) {
    static Item of(Member member) {
      return new Item(
          member.principal(),
          (member.mayWrite() ? Access.WRITE : Access.READ).text(),
          Timestamps.text(member.addedAt()),
          member.addedBy());
    }
  }

  @GET
  public MemberList list() {
    Caller caller = roleCheck.require(Role.USER);
    Session session = owned(caller);
    return new MemberList(
        members.of(new TenantSession(caller.tenant(), session.sessionKey())).stream()
            .map(Item::of)
            .toList());
  }

  /** Responds 201 for a new member, 204 for an existing one, 409 above the limit. */
  @PUT
  @Path("{principal}")
  @Consumes(MediaType.APPLICATION_JSON)
  public Response put(@PathParam("principal") String principal, InputStream body) {
    Caller caller = roleCheck.require(Role.USER);
    Session session = owned(caller);
    AccessGrant grant = grant(principal, body);
    if (principal.equals(session.owner())) {
      throw ProblemException.conflict("is_owner", "The session is this principal's own.");
    }
    return switch (members.put(session.sessionKey(), principal, grant.mayWrite(), caller.name())) {
      case ADDED -> Response.status(Status.CREATED).build();
      case CHANGED, UNCHANGED -> Response.noContent().build();
      case TOO_MANY ->
          throw ProblemException.conflict(
              "too_many_members",
              "At most "
                  + settings.get(AccessSettings.MEMBERS_PER_SESSION)
                  + " members for one session.");
    };
  }

  private AccessGrant grant(String principal, InputStream body) {
    try {
      AccessGrant.requirePrincipal(principal);
      return AccessGrant.read(RequestBody.text(body, settings.get(WireSettings.MAX_PAYLOAD_BYTES)));
    } catch (BadFrameException e) {
      throw ProblemException.invalid(e.getMessage());
    }
  }

  /** Removes a member; its sockets leave within {@code tidemark.delivery.poll-millis}. */
  @DELETE
  @Path("{principal}")
  public void remove(@PathParam("principal") String principal) {
    Caller caller = roleCheck.require(Role.USER);
    AccessibleSession found = found(caller);
    if (found.access() != Access.OWNER && !principal.equals(caller.name())) {
      throw ProblemException.notAllowed("A member may take out nobody but themselves.");
    }
    if (!members.remove(found.session().sessionKey(), principal, caller.name())) {
      throw ProblemException.notFound(
          "no_such_member", "The session is not shared with this principal.");
    }
  }

  private Session owned(Caller caller) {
    AccessibleSession found = found(caller);
    if (found.access() != Access.OWNER) {
      throw ProblemException.notAllowed("This is for the owner of the session.");
    }
    return found.session();
  }

  private AccessibleSession found(Caller caller) {
    return access.find(caller, sessionId).orElseThrow(ProblemException::noSuchSession);
  }
}
