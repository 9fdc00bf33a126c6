package dev.tidemark.http;

import static dev.tidemark.http.Requests.assertReached;
import static dev.tidemark.http.Requests.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.login.BrowserLogin;
import dev.tidemark.access.ticket.Tickets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The callers who get a ticket, and the page that the ticket is for. */
final class TicketsResourceTest {
  private static final String PAGE = "https://chat.example.org";

  private final List<String> asked = new ArrayList<>();

  @Test
  void onlyAUserGetsATicketBecauseOnlyAUserHasASocket() {
    TicketsResource other = resource(Role.ADMIN, Role.PUBLISHER, Role.AUDITOR);
    assertRefused(403, "not_allowed", () -> other.issue(PAGE));
    assertEquals(List.of(), asked);
  }

  @Test
  void aTicketIsForTheCallerAndThePageThatAsks() {
    assertReached(() -> resource(Role.USER).issue(PAGE));
    assertEquals(List.of("alice of acme for " + PAGE), asked);
  }

  @Test
  void aProgramAsksWithoutAnyPage() {
    assertReached(() -> resource(Role.USER).issue(null));
    assertEquals(List.of("alice of acme for a program"), asked);
  }

  private TicketsResource resource(Role... roles) {
    TicketsResource resource = new TicketsResource();
    resource.roleCheck = Requests.by("alice", roles);
    resource.current = resource.roleCheck.current;
    resource.tickets =
        new Tickets() {
          @Override
          public String issue(
              Caller caller, Optional<String> origin, Optional<BrowserLogin> login) {
            asked.add(
                caller.name() + " of " + caller.tenant() + " for " + origin.orElse("a program"));
            throw new Requests.ReachedException();
          }
        };
    return resource;
  }
}
