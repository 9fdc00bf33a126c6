package dev.tidemark.access.gate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.GuardedGateway;
import dev.tidemark.testing.gateway.Guest;
import dev.tidemark.testing.gateway.RestOperations;
import jakarta.servlet.annotation.WebServlet;
import jakarta.websocket.server.ServerEndpoint;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A wrong credential counts on whichever route and in whichever way it is said, and nothing counts
 * that a page of another site can make its visitors' browsers say.
 */
final class FailureRoutesIT {
  private static final String LOGOUT = "POST /backchannel-logout";
  private static final String FOREIGN = "https://elsewhere.example";
  private static final String TICKET = "Sec-WebSocket-Protocol";

  /** Stands for a wrong password, each time for another account: an account has its own limit. */
  private static final String GUESS = "a guess";

  /** The ways to say a wrong credential in a header. */
  private static final List<List<String>> WAYS =
      List.of(
          List.of("Authorization", GUESS),
          List.of("Authorization", GUESS, "Sec-Fetch-Site", "cross-site"),
          List.of("Authorization", basic("alice:alice"), "Authorization", basic("bob:wrong")),
          List.of("Authorization", "Basic %%%"),
          List.of("Authorization", "Basic"),
          List.of("Authorization", "Bearer wrong"),
          List.of("Authorization", "Digest username=alice"),
          List.of("Authorization", "", "Cookie", "JSESSIONID=made-up"));

  private final Gateway gateway = GuardedGateway.get();

  private static String basic(String pair) {
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
  }

  /** All that the application serves: REST as the code has it, the socket, and what is beside. */
  private static List<String> routes() {
    List<String> routes = new ArrayList<>();
    RestOperations.all().stream()
        .filter(route -> !route.equals(LOGOUT))
        .map(route -> route.replace(" /", " /api/").replaceAll("\\{[a-z_]+}", "s-1"))
        .forEach(routes::add);
    routes.addAll(List.of("GET /api", "POST /api", "GET /api/", "GET /api/nothing", "GET /ws"));
    return routes;
  }

  /** Beside REST there is one way in. A servlet or an endpoint that is new needs a route above. */
  @Test
  void noOtherRouteTakesCredentials() {
    Set<String> found =
        new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.tidemark")
                .stream()
                .filter(
                    type ->
                        type.isAnnotatedWith(WebServlet.class)
                            || type.isAnnotatedWith(ServerEndpoint.class))
                .map(JavaClass::getSimpleName)
                .collect(Collectors.toSet());
    assertEquals(Set.of("GatewayEndpoint"), found);
  }

  @TestFactory
  Stream<DynamicTest> aWrongCredentialCountsOnEachRoute() {
    return routes().stream()
        .flatMap(
            route ->
                WAYS.stream()
                    .map(
                        way ->
                            DynamicTest.dynamicTest(
                                route + " " + way, () -> assertCounts(route, 401, way))));
  }

  @Test
  void aWrongTicketCounts() throws Exception {
    assertCounts("GET /ws", 401, List.of(TICKET, "tidemark.v1, ticket." + "x".repeat(43)));
    assertCounts("GET /ws", 401, List.of(TICKET, "ticket.short", "Sec-Fetch-Site", "cross-site"));
  }

  /** The server takes the last part of the path for the form, however the path goes on. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/j_security_check",
        "/any/j_security_check",
        "/j_security_check;a=b",
        "/j_security_check%3Ba=b",
        "/j%5Fsecurity_check"
      })
  void aWrongPasswordInTheFormCounts(String path) throws Exception {
    Guest guest = new Guest(gateway);
    for (int i = 0; i < GuardedGateway.FAILURES; i++) {
      assertNotEquals(429, submit(guest, path, "mallory" + i).statusCode());
    }
    assertEquals(429, submit(guest, path, "mallory").statusCode());
  }

  private static HttpResponse<String> submit(
      Guest guest, String path, String account, String... headers) throws Exception {
    return guest.ask(
        "POST",
        path,
        "j_username=" + account + "&j_password=wrong",
        Stream.concat(
                Stream.of("Content-Type", "application/x-www-form-urlencoded"), Stream.of(headers))
            .toArray(String[]::new));
  }

  private void assertCounts(String route, int status, List<String> way) throws Exception {
    String[] line = route.split(" ", 2);
    Guest guest = new Guest(gateway);
    for (int i = 0; i < GuardedGateway.FAILURES; i++) {
      assertEquals(status, guest.ask(line[0], line[1], headers(way, "mallory" + i)).statusCode());
    }
    HttpResponse<String> refused = guest.ask(line[0], line[1], headers(way, "mallory"));
    assertEquals(429, refused.statusCode());
    assertTrue(refused.body().contains("\"too_many_failures\""), refused.body());
  }

  private static String[] headers(List<String> way, String account) {
    return way.stream()
        .map(part -> part.equals(GUESS) ? basic(account + ":wrong") : part)
        .toArray(String[]::new);
  }

  /**
   * Images, links, forms, scripts and handshakes of another site's page, of any browser. Links with
   * a code fail only behind a provider: {@link SignOnFailuresIT}.
   */
  @Test
  void nothingThatAnotherPageCanCauseCounts() throws Exception {
    Guest visitor = new Guest(gateway);
    for (int i = 0; i <= GuardedGateway.FAILURES; i++) {
      for (String path :
          List.of(
              "/api",
              "/api/me",
              "/api/me?access_token=wrong",
              "/?access_token=wrong",
              "/ws?access_token=wrong",
              "/j_security_check?j_username=mallory&j_password=wrong")) {
        visitor.ask("GET", path);
        visitor.ask("GET", path, "Sec-Fetch-Site", "cross-site");
        visitor.ask("GET", path, "Cookie", "JSESSIONID=stale", "Referer", FOREIGN + "/page");
      }
      for (String[] foreign :
          List.of(
              new String[] {"Origin", FOREIGN},
              new String[] {"Origin", "null"},
              new String[] {"Referer", FOREIGN + "/page"},
              new String[] {"Sec-Fetch-Site", "cross-site"},
              new String[] {"Sec-Fetch-Site", "same-site", "Origin", FOREIGN})) {
        assertEquals(403, submit(visitor, "/j_security_check", "mallory", foreign).statusCode());
      }
      visitor.ask("GET", "/ws", "Origin", FOREIGN, TICKET, "tidemark.v1, ticket.wrong");
      visitor.ask("POST", "/api/backchannel-logout", "Origin", FOREIGN);
    }
    assertEquals(200, visitor.tryPassword("alice", "alice"));
    assertEquals(302, visitor.submit(visitor.anonymousCookie(), "alice", "alice").statusCode());
  }

  /** The provider may be at an address with others; its token is its only credential. */
  @Test
  void wrongPasswordsDoNotShutTheProviderOut() throws Exception {
    Guest guest = new Guest(gateway);
    for (int i = 0; i < GuardedGateway.FAILURES; i++) {
      assertEquals(401, guest.tryPassword("mallory" + i, "wrong"));
    }
    assertEquals(429, guest.tryPassword("mallory", "wrong"));
    assertEquals(400, logout(guest));
  }

  @Test
  void whatAnotherPageSendsToTheProvidersPathDoesNotShutTheProviderOut() throws Exception {
    Guest guest = new Guest(gateway);
    for (int i = 0; i <= GuardedGateway.LOGOUT_FAILURES; i++) {
      assertEquals(403, logout(guest, "Origin", FOREIGN));
      assertEquals(403, logout(guest, "Origin", "null", "Sec-Fetch-Site", "cross-site"));
    }
    for (int i = 0; i < GuardedGateway.LOGOUT_FAILURES; i++) {
      assertEquals(400, logout(guest));
    }
    assertEquals(429, logout(guest));
  }

  private static int logout(Guest guest, String... headers) throws Exception {
    return guest
        .ask(
            "POST",
            "/api/backchannel-logout",
            "logout_token=wrong",
            Stream.concat(
                    Stream.of("Content-Type", "application/x-www-form-urlencoded"),
                    Stream.of(headers))
                .toArray(String[]::new))
        .statusCode();
  }
}
