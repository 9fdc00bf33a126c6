package dev.tidemark.http;

import static dev.tidemark.http.Requests.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.access.Caller;
import dev.tidemark.access.FloorRight;
import dev.tidemark.access.Role;
import dev.tidemark.http.SessionsResource.Item;
import dev.tidemark.session.Access;
import dev.tidemark.session.SessionSummary;
import dev.tidemark.session.Sessions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The sessions that a user is shown, and the fields of each. */
final class SessionsResourceTest {
  private static final Instant CREATED = Instant.parse("2026-11-25T12:00:00Z");

  private final List<String> asked = new ArrayList<>();
  private boolean ownersRaiseFloors;

  @Test
  void onlyAUserHasSessions() {
    SessionsResource other = resource(Role.ADMIN, Role.PUBLISHER, Role.AUDITOR);
    assertRefused(403, "not_allowed", other::list);
    assertEquals(List.of(), asked);
  }

  @Test
  void aUserIsShownTheNewestTwoHundredOfTheirOwnInTheOrderOfTheRoomBehind() {
    assertEquals(
        List.of("s-1 owner", "s-2 write", "s-3 read"),
        list().stream().map(item -> item.sessionId() + " " + item.access()).toList());
    assertEquals(List.of("200 of alice in acme"), asked);
  }

  @Test
  void aSessionHasTheNamesOfTheWireAndLeavesOutWhatIsNotThere() {
    assertEquals(
        new Item(
            "s-1",
            "echo",
            "alice",
            "owner",
            "2026-11-25T12:00:00.000000Z",
            "2026-11-25T12:00:01.000000Z",
            9,
            4,
            null),
        list().get(0));
    assertEquals(null, list().get(1).lastEventAt());
  }

  @Test
  void onlyAnOwnerIsToldThatTheyMayRaiseTheFloorAndOnlyWhereOwnersMay() {
    assertEquals(List.of(), floorsToRaise());
    ownersRaiseFloors = true;
    assertEquals(List.of("s-1"), floorsToRaise());
  }

  private List<String> floorsToRaise() {
    return list().stream()
        .filter(item -> item.mayRaiseFloor() != null)
        .map(Item::sessionId)
        .toList();
  }

  private List<Item> list() {
    return resource(Role.USER).list().sessions();
  }

  private SessionsResource resource(Role... roles) {
    SessionsResource resource = new SessionsResource();
    resource.roleCheck = Requests.by("alice", roles);
    resource.floorRight =
        new FloorRight() {
          @Override
          public boolean mayAsOwner(Caller caller) {
            return ownersRaiseFloors && caller.name().equals("alice");
          }
        };
    resource.sessions =
        new Sessions() {
          @Override
          public List<SessionSummary> of(String tenant, String principal, int max) {
            asked.add(max + " of " + principal + " in " + tenant);
            return List.of(
                summary("s-1", "alice", Access.OWNER, Optional.of(CREATED.plusSeconds(1))),
                summary("s-2", "bob", Access.WRITE, Optional.empty()),
                summary("s-3", "bob", Access.READ, Optional.empty()));
          }
        };
    return resource;
  }

  private static SessionSummary summary(
      String sessionId, String owner, Access access, Optional<Instant> lastEventAt) {
    return new SessionSummary(sessionId, "echo", owner, access, CREATED, lastEventAt, 9, 4);
  }
}
