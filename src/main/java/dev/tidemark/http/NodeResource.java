package dev.tidemark.http;

import dev.tidemark.access.Role;
import dev.tidemark.access.revocation.AdminActions;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Node;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.Optional;

/** Takes an administrator's requests to this node. */
@Path("node")
@RequestScoped
public class NodeResource {
  @Inject RoleCheck roleCheck;
  @Inject AdminActions adminActions;
  @Inject Settings settings;
  @Inject Node node;

  /**
   * Sends all clients away, to come back elsewhere with their cursors, and takes no more. Recorded
   * first: a node that cannot record it does not drain, and has to be stopped from outside.
   */
  @POST
  @Path("drain")
  public Response drain() {
    var unused = roleCheck.require(Role.ADMIN);
    adminActions.record("drain", settings.nodeName(), Optional.empty());
    node.drain();
    return Response.accepted().build();
  }
}
