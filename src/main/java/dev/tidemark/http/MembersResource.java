package dev.tidemark.http;

import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.SessionAccess;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
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
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.util.List;

/** With whom the caller shares a session: the owner says; a member may only go. */
@Path("sessions/{session_id}/members")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class MembersResource {
  @Inject Callers callers;
  @Inject SessionAccess access;
  @Inject Members members;
  @Inject Settings settings;

  @PathParam("session_id")
  String sessionId;

  /** Those who may join beside the owner. */
  public record MemberList(List<Item> members) {}

  /** One of them. */
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
    Caller caller = callers.require(Role.USER);
    Session session = owned(caller);
    return new MemberList(
        members.of(new TenantSession(caller.tenant(), session.sessionKey())).stream()
            .map(Item::of)
            .toList());
  }

  /** 201 if they were no member before, 204 if they were; the limit is 409. */
  @PUT
  @Path("{principal}")
  @Consumes(MediaType.APPLICATION_JSON)
  public Response put(@PathParam("principal") String principal, String body) {
    Caller caller = callers.require(Role.USER);
    Session session = owned(caller);
    AccessGrant accessGrant = sharing(principal, body);
    if (principal.equals(session.owner())) {
      throw new Refused(Status.CONFLICT, "is_owner", "The session is this principal's own.");
    }
    return switch (members.put(
        session.sessionKey(), principal, accessGrant.mayWrite(), caller.name())) {
      case ADDED -> Response.status(Status.CREATED).build();
      case CHANGED, UNCHANGED -> Response.noContent().build();
      case TOO_MANY ->
          throw new Refused(
              Status.CONFLICT,
              "too_many_members",
              "At most "
                  + settings.get(AccessSettings.MEMBERS_PER_SESSION)
                  + " members for one session.");
    };
  }

  private static AccessGrant sharing(String principal, String body) {
    try {
      AccessGrant.requirePrincipal(principal);
      return AccessGrant.read(body);
    } catch (BadFrameException e) {
      throw Refused.invalid(e.getMessage());
    }
  }

  /** Their sockets leave the session within {@code tidemark.delivery.poll-millis}. */
  @DELETE
  @Path("{principal}")
  public void remove(@PathParam("principal") String principal) {
    Caller caller = callers.require(Role.USER);
    AccessibleSession found = found(caller);
    if (found.access() != Access.OWNER && !principal.equals(caller.name())) {
      throw new ForbiddenException("A member may take out nobody but themselves.");
    }
    if (!members.remove(found.session().sessionKey(), principal, caller.name())) {
      throw new Refused(
          Status.NOT_FOUND, "no_such_member", "The session is not shared with this principal.");
    }
  }

  private Session owned(Caller caller) {
    AccessibleSession found = found(caller);
    if (found.access() != Access.OWNER) {
      throw new ForbiddenException("This is for the owner of the session.");
    }
    return found.session();
  }

  private AccessibleSession found(Caller caller) {
    return access.find(caller, sessionId).orElseThrow(Refused::noSuchSession);
  }
}
