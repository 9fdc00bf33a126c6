package dev.tidemark.http;

import static dev.tidemark.http.Requests.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.access.Authentication;
import dev.tidemark.access.Caller;
import dev.tidemark.access.OpenConnections;
import dev.tidemark.access.OpenConnections.OpenConnection;
import dev.tidemark.access.Role;
import dev.tidemark.config.NodeSettings;
import dev.tidemark.http.ConnectionsResource.ConnectionList;
import dev.tidemark.http.ConnectionsResource.Item;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The connections that an administrator is shown, and the limit on their number. */
final class ConnectionsResourceTest {
  private static final Instant FIRST = Instant.parse("2026-11-25T12:00:00Z");
  private static final int MAX_LISTED = 1_000;

  private final List<String> asked = new ArrayList<>();
  private List<OpenConnection> open = List.of();

  @Test
  void onlyAnAdministratorSeesWhoIsConnected() {
    ConnectionsResource other = resource(Role.USER, Role.PUBLISHER, Role.AUDITOR);
    assertRefused(403, "not_allowed", () -> other.list("alice"));
    assertEquals(List.of(), asked);
  }

  @Test
  void thoseOfTheAdministratorsTenantAreShownOrOfOnePrincipalInIt() {
    admin().list("alice");
    admin().list(null);
    admin().list("");
    assertEquals(List.of("alice of acme", "all of acme", "all of acme"), asked);
  }

  @Test
  void theOldestThousandAreListedAndAllAreCounted() {
    open = IntStream.range(0, MAX_LISTED).mapToObj(n -> connection(n)).toList();
    assertEquals(MAX_LISTED, admin().list(null).connections().size());
    open = IntStream.rangeClosed(0, MAX_LISTED).mapToObj(n -> connection(n)).toList();
    ConnectionList list = admin().list(null);
    assertEquals(MAX_LISTED + 1, list.total());
    assertEquals(MAX_LISTED, list.connections().size());
    assertEquals("2026-11-25T12:00:00.000000Z", list.connections().get(0).since());
  }

  @Test
  void theAnswerNamesTheNodeThatWasAsked() {
    ConnectionsResource resource = admin();
    assertEquals(resource.settings.nodeName(), resource.list(null).node());
  }

  @Test
  void whatIsNotKnownOfAConnectionIsLeftOut() {
    OpenConnection known =
        new OpenConnection(
            new UUID(0, 1),
            new Caller(
                "alice",
                Set.of(Role.USER),
                Requests.TENANT,
                new Authentication(
                    Optional.of("sub-1"), Optional.empty(), Optional.empty(), Optional.of("sid-1")),
                "192.0.2.7",
                Optional.of("curl/8")),
            FIRST,
            Optional.of("s-1"));
    open = List.of(known, connection(2));
    assertEquals(
        List.of(
            new Item(
                "00000000-0000-0000-0000-000000000001",
                "alice",
                "sid-1",
                "192.0.2.7",
                "curl/8",
                "2026-11-25T12:00:00.000000Z",
                "s-1"),
            new Item(
                "00000000-0000-0000-0000-000000000002",
                "bob",
                null,
                "192.0.2.1",
                null,
                "2026-11-25T12:00:02.000000Z",
                null)),
        admin().list(null).connections());
  }

  private static OpenConnection connection(int n) {
    return new OpenConnection(
        new UUID(0, n), Requests.caller("bob", Role.USER), FIRST.plusSeconds(n), Optional.empty());
  }

  private ConnectionsResource admin() {
    return resource(Role.ADMIN);
  }

  private ConnectionsResource resource(Role... roles) {
    ConnectionsResource resource = new ConnectionsResource();
    resource.roleCheck = Requests.by("root", roles);
    resource.settings = Requests.settings(NodeSettings.NAME.key(), "node-a");
    resource.connections =
        new OpenConnections() {
          @Override
          public List<OpenConnection> of(String tenant, Optional<String> principal) {
            asked.add(principal.orElse("all") + " of " + tenant);
            return open;
          }

          @Override
          public int count() {
            return open.size();
          }
        };
    return resource;
  }
}
