package dev.tidemark.http;

import dev.tidemark.access.Caller;
import dev.tidemark.access.OpenConnections;
import dev.tidemark.access.OpenConnections.OpenConnection;
import dev.tidemark.access.Role;
import dev.tidemark.config.Settings;
import dev.tidemark.wire.Timestamps;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.bind.annotation.JsonbProperty;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;

/** Lists the connections to this node of the administrator's tenant. */
@Path("connections")
@RequestScoped
@WithoutStorage
public class ConnectionsResource {
  private static final int MAX_LISTED = 1_000;

  @Inject RoleCheck roleCheck;
  @Inject OpenConnections connections;
  @Inject Settings settings;

  /**
   * The {@value #MAX_LISTED} oldest connections.
   *
   * @param total the number of all connections
   */
  public record ConnectionList(String node, int total, List<Item> connections) {}

  /** One connection; unknown fields are omitted. */
  public record Item(
      @JsonbProperty("connection_id") String connectionId,
      String principal,
      @JsonbProperty("provider_session") String providerSession,
      @JsonbProperty("remote_address") String remoteAddress,
      @JsonbProperty("user_agent") String userAgent,
      String since,
      @JsonbProperty("session_id") String sessionId) {
    static Item of(OpenConnection open) {
      Caller caller = open.caller();
      return new Item(
          open.connectionId().toString(),
          caller.name(),
          caller.authentication().providerSession().orElse(null),
          caller.remoteAddress(),
          caller.userAgent().orElse(null),
          Timestamps.text(open.since()),
          open.sessionId().orElse(null));
    }
  }

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  public ConnectionList list(@QueryParam("principal") String principal) {
    Caller caller = roleCheck.require(Role.ADMIN);
    List<OpenConnection> open =
        connections.of(caller.tenant(), Optional.ofNullable(principal).filter(p -> !p.isEmpty()));
    return new ConnectionList(
        settings.nodeName(), open.size(), open.stream().limit(MAX_LISTED).map(Item::of).toList());
  }
}
