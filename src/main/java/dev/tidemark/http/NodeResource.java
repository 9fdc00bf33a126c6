package dev.tidemark.http;

import dev.tidemark.access.OpenConnections;
import dev.tidemark.access.Role;
import dev.tidemark.access.revocation.AdminActions;
import dev.tidemark.config.Settings;
import dev.tidemark.log.Storage;
import dev.tidemark.log.StorageWatch;
import dev.tidemark.ops.Node;
import dev.tidemark.ops.NotReady;
import dev.tidemark.ops.RunningTurns;
import dev.tidemark.ops.Version;
import dev.tidemark.wire.Timestamps;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.bind.annotation.JsonbProperty;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;

/** Tells about this node, which serves all tenants, and takes an operator's requests to it. */
@Path("node")
@RequestScoped
public class NodeResource {
  @Inject RoleCheck roleCheck;
  @Inject AdminActions adminActions;
  @Inject Settings settings;
  @Inject Node node;
  @Inject StorageWatch storageWatch;
  @Inject OpenConnections connections;
  @Inject RunningTurns turns;

  /**
   * This run of the node; what is not known is omitted.
   *
   * @param schemaNeeded the version of the schema that the application was built for
   * @param schemaFound the version of the schema that the database has
   * @param state {@code ready}, {@code draining} or {@code not_ready}
   * @param reason the reason why the node takes no clients, with its remedy
   */
  public record Status(
      String node,
      String version,
      @JsonbProperty("schema_needed") int schemaNeeded,
      @JsonbProperty("schema_found") Integer schemaFound,
      String epoch,
      @JsonbProperty("started_at") String startedAt,
      String state,
      String reason,
      int connections,
      @JsonbProperty("running_turns") int runningTurns) {}

  /** Responds 200 in every state in which a caller is let in. */
  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @WithoutStorage
  public Status status() {
    var unused = roleCheck.requireAny(Role.OPERATOR, Role.ADMIN, Role.AUDITOR);
    Storage.Finding finding = storageWatch.finding();
    Optional<NotReady> refusal = node.refusal();
    return new Status(
        settings.nodeName(),
        Version.TEXT,
        Storage.SCHEMA_VERSION,
        finding.schemaVersion().orElse(null),
        finding.epoch().orElse(null),
        Timestamps.text(node.startedAt()),
        node.isDraining() ? "draining" : refusal.isEmpty() ? "ready" : "not_ready",
        refusal.map(NotReady::reason).orElse(null),
        connections.count(),
        turns.runningTurns());
  }

  /**
   * Sends all clients away, to come back elsewhere with their cursors, and takes no more. Recorded
   * first: a node that cannot record it does not drain, and has to be stopped from outside.
   */
  @POST
  @Path("drain")
  public Response drain() {
    var unused = roleCheck.require(Role.OPERATOR);
    adminActions.record("drain", settings.nodeName(), Optional.empty());
    node.drain();
    return Response.accepted().build();
  }

  /** Undoes a drain: the node takes clients again. Those that were not sent away yet stay. */
  @POST
  @Path("resume")
  public Response resume() {
    var unused = roleCheck.require(Role.OPERATOR);
    adminActions.record("resume", settings.nodeName(), Optional.empty());
    node.endDrain();
    return Response.noContent().build();
  }
}
