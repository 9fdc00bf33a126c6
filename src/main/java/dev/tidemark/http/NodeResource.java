package dev.tidemark.http;

import dev.tidemark.access.Role;
import dev.tidemark.ops.Node;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;

/** What an administrator asks of this node. */
@Path("node")
@RequestScoped
public class NodeResource {
  @Inject Callers callers;
  @Inject Node node;

  /** Sends all clients away, to come back elsewhere with their cursors, and takes no more. */
  @POST
  @Path("drain")
  public Response drain() {
    var unused = callers.require(Role.ADMIN);
    node.drain();
    return Response.accepted().build();
  }
}
