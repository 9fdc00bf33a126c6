package dev.tidemark.http;

import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.revocation.AdminActions;
import dev.tidemark.access.revocation.Revocation;
import dev.tidemark.access.revocation.RevocationTarget;
import dev.tidemark.access.revocation.RevocationTarget.Kind;
import dev.tidemark.wire.Name;
import dev.tidemark.wire.Timestamps;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.bind.annotation.JsonbProperty;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.io.InputStream;
import java.util.Optional;

/** Revokes somebody of the administrator's tenant on all nodes. */
@Path("revocations")
@RequestScoped
public class RevocationsResource {
  @Inject RoleCheck roleCheck;
  @Inject AdminActions adminActions;

  /** A revocation as it was written; either {@code principal} or {@code providerSession} is set. */
  public record Written(
      @JsonbProperty("revocation_id") long revocationId,
      String principal,
      @JsonbProperty("provider_session") String providerSession,
      @JsonbProperty("revoked_at") String revokedAt,
      @JsonbProperty("issued_before") String issuedBefore,
      @JsonbProperty("in_force_until") String inForceUntil) {
    static Written of(Revocation revocation) {
      RevocationTarget target = revocation.target();
      return new Written(
          revocation.id(),
          target.kind() == Kind.PRINCIPAL ? target.name() : null,
          target.kind() == Kind.PROVIDER_SESSION ? target.name() : null,
          Timestamps.text(revocation.revokedAt()),
          Timestamps.text(revocation.issuedBefore()),
          Timestamps.text(revocation.inForceUntil()));
    }
  }

  /** Responds when the revocation is durable; the connections end within seconds. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.APPLICATION_JSON)
  public Response revoke(InputStream stream) {
    Caller caller = roleCheck.require(Role.ADMIN);
    RequestBody body = RequestBody.adminAction(stream);
    Optional<String> principal = body.printable(Kind.PRINCIPAL.text(), Name.MAX_LENGTH);
    Optional<String> session = body.printable(Kind.PROVIDER_SESSION.text(), Name.MAX_LENGTH);
    Optional<String> why = body.why();
    if (principal.isPresent() == session.isPresent()) {
      throw ProblemException.invalid("Name either a 'principal' or a 'provider_session'.");
    }
    Revocation revocation =
        adminActions.revoke(
            caller,
            principal.isPresent() ? Kind.PRINCIPAL : Kind.PROVIDER_SESSION,
            principal.or(() -> session).get(),
            why);
    return Response.status(Status.CREATED).entity(Written.of(revocation)).build();
  }
}
