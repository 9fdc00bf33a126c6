package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.log.Storage;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.LogMark;
import dev.tidemark.testing.gateway.Readiness;
import dev.tidemark.testing.gateway.RestOperations;
import dev.tidemark.tools.run.DatabaseLogin;
import dev.tidemark.tools.run.ServerCli;
import dev.tidemark.tools.run.WildFlyServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every door in every state of not being ready: a refusal is 503 with its reason, never 500, and
 * the log has one line for the state and no stack trace. One server, whose database changes from
 * state to state.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class NotReadyIT {
  /** Each door, who knocks, and the status while the database is unusable, unread, draining. */
  private static final String DOORS =
      """
      GET /api/me                                  alice     200 503 200
      GET /api/sessions                            alice     503 503 200
      GET /api/sessions                            -         401 401 401
      GET /api/sessions/doors/members              alice     503 503 200
      PUT /api/sessions/doors/members/carol        alice     503 503 201
      DELETE /api/sessions/doors/members/carol     alice     503 503 204
      POST /api/sessions/doors/events              publisher 503 503 201
      POST /api/sessions/doors/floor               admin     503 503 200
      POST /api/tickets                            alice     503 503 200
      GET /api/connections                         admin     200 503 200
      POST /api/revocations                        admin     503 503 201
      POST /api/backchannel-logout                 -         400 400 400
      GET /api/node                                auditor   200 503 200
      GET /api/node                                admin     200 503 200
      GET /api/node                                alice     403 503 403
      POST /api/node/drain                         operator  503 503 202
      POST /api/logout                             alice     204 503 204
      GET /ws                                      alice     503 503 503
      GET /ws                                      ticket    503 503 503
      GET /ws                                      -         401 401 401
      GET /                                        -         200 200 200
      GET /login.html                              -         200 200 200
      GET /tidemark.css                            -         200 200 200
      POST /j_security_check                       -         302 302 302
      GET /health/ready                            -         503 503 503
      GET /health/live                             -         200 200 200
      GET /health/started                          -         200 200 200
      GET /metrics                                 -         200 200 200
      POST /api/node/resume                        operator  503 503 204
      """;

  private static final int UNUSABLE = 0;
  private static final int UNREAD = 1;
  private static final int DRAINING = 2;

  private static Gateway gateway;
  private static TestDatabase superuser;
  private static DoorVisitor visitor;
  private static WireClient openBefore;

  /**
   * A state of the database.
   *
   * @param message what callers are told
   * @param reason a part of what operators are told: the details and the remedy
   */
  private record State(String name, String message, String reason, Runnable enter, Runnable leave) {
    @Override
    public String toString() {
      return name;
    }
  }

  @BeforeAll
  static void start() {
    gateway = Gateway.startWithOwnCluster("not-ready", Map.of());
    superuser = new TestDatabase(gateway.cluster(), "postgres");
    visitor = new DoorVisitor(gateway.server());
    openBefore = gateway.connect("alice");
    openBefore.join(Json.createObjectBuilder().add("session_id", "doors").add("create", true));
  }

  @AfterAll
  static void stop() {
    if (openBefore != null) {
      openBefore.close();
    }
    gateway.close();
  }

  static List<State> states() {
    String tables = "tidemark.schema_version";
    return List.of(
        new State(
            "the database is away",
            "The database does not answer.",
            "refused",
            gateway.cluster()::stop,
            gateway.cluster()::start),
        login("wrong password", "password 'another'", "password '" + password() + "'"),
        login("no login", "nologin", "login"),
        login("no such role", "rename to tidemark_gone", "rename to tidemark_app"),
        new State(
            "no such database",
            "The database does not exist.",
            "run db/install.sh, or mend TIDEMARK_DB_URL",
            () -> renameDatabase("tidemark", "tidemark_gone"),
            () -> renameDatabase("tidemark_gone", "tidemark")),
        new State(
            "a standby",
            "The database is a standby.",
            "TIDEMARK_DB_URL has to lead to the primary",
            () -> {
              gateway.cluster().stop();
              gateway.cluster().becomeStandby();
              gateway.cluster().start();
            },
            gateway.cluster()::promote),
        new State(
            "no connection left",
            "The database has no connection left.",
            "Raise its max_connections",
            NotReadyIT::takeConnections,
            NotReadyIT::giveConnections),
        inDatabase(
            "no schema",
            "The database has no schema for this application.",
            "run db/install.sh",
            "alter schema tidemark rename to tidemark_gone",
            "alter schema tidemark_gone rename to tidemark"),
        inDatabase(
            "an older schema",
            "The database's schema is older than this application needs.",
            "run the db/install.sh",
            """
            create table public.newest as select * from %1$s where version = %2$d;
            delete from %1$s where version = %2$d\
            """
                .formatted(tables, Storage.SCHEMA_VERSION),
            "insert into %s select * from public.newest; drop table public.newest"
                .formatted(tables)),
        inDatabase(
            "a newer schema",
            "The database's schema is newer than this application can use.",
            "for applications built for 999 or newer",
            "insert into %s values (999, 'from the future', now(), 999)".formatted(tables),
            "delete from %s where version = 999".formatted(tables)),
        server("fsync"),
        foundAtOnce(server("full_page_writes")),
        foundAtOnce(
            new State(
                "synchronous_commit is off",
                "The database may lose what it commits.",
                "synchronous_commit=off",
                () -> setCommit("off"),
                () -> setCommit("on"))),
        foundAtOnce(
            new State(
                "read only",
                "The database takes no changes.",
                "default_transaction_read_only=on",
                () -> setReadOnly("set default_transaction_read_only = on"),
                () -> setReadOnly("reset default_transaction_read_only"))),
        inDatabase(
            "a missing right",
            "The database denies this node a right.",
            "grant select on table tidemark.session to tidemark_reader",
            "revoke select on tidemark.session from tidemark_reader",
            "grant select on tidemark.session to tidemark_reader"),
        new State(
            "no right at all",
            "The database denies this node a right.",
            "permission denied for schema tidemark",
            () -> {
              gateway.database().execute("revoke usage on schema tidemark from tidemark_app");
              endConnections();
            },
            () -> gateway.database().execute("grant usage on schema tidemark to tidemark_app")));
  }

  private static State login(String name, String enter, String leave) {
    String role = enter.startsWith("rename") ? "tidemark_gone" : "tidemark_app";
    return new State(
        name,
        "The database refuses the login of this node.",
        "Set TIDEMARK_DB_USER and TIDEMARK_DB_PASSWORD",
        () -> {
          superuser.execute("alter role tidemark_app " + enter);
          endConnections();
        },
        () -> superuser.execute("alter role " + role + " " + leave));
  }

  private static State inDatabase(
      String name, String message, String reason, String enter, String leave) {
    return new State(
        name,
        message,
        reason,
        () -> gateway.database().execute(enter),
        () -> gateway.database().execute(leave));
  }

  private static State server(String setting) {
    return new State(
        setting + " is off",
        "The database may lose what it commits.",
        setting + "=off",
        () -> alterSystem("set " + setting + " = off"),
        () -> alterSystem("reset " + setting));
  }

  private static void alterSystem(String change) {
    superuser.execute("alter system " + change);
    superuser.execute("select pg_reload_conf()");
  }

  private static void setCommit(String value) {
    superuser.execute("alter role tidemark_app set synchronous_commit = " + value);
    endConnections();
  }

  private static void setReadOnly(String change) {
    superuser.execute("alter database tidemark " + change);
    endConnections();
  }

  /**
   * A state that a ready node sees at each tenth look only, as it sees fsync and a missing right
   * here, and a node that is not ready at each: so it is entered while there is no connection.
   */
  private static State foundAtOnce(State state) {
    return new State(
        state.name,
        state.message,
        state.reason,
        () -> {
          takeConnections();
          try {
            Readiness.awaitRefusal(gateway.server(), "Raise its max_connections");
            state.enter.run();
          } finally {
            giveConnections();
          }
        },
        state.leave);
  }

  private static void takeConnections() {
    superuser.execute("alter role tidemark_app connection limit 0");
    endConnections();
  }

  private static void giveConnections() {
    superuser.execute("alter role tidemark_app connection limit -1");
  }

  private static void endConnections() {
    superuser.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'tidemark'");
  }

  /** A database is renamed only while nobody is connected to it. */
  private static void renameDatabase(String from, String to) {
    superuser.execute("alter database " + from + " with allow_connections false");
    Awaitility.await("nobody is connected to " + from)
        .atMost(Duration.ofMinutes(1))
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              endConnections();
              superuser.execute("alter database " + from + " rename to " + to);
            });
    superuser.execute("alter database " + to + " with allow_connections true");
  }

  private static String password() {
    return gateway.cluster().app("tidemark").password();
  }

  @Test
  @Order(1)
  void everyRestPathIsADoor() {
    assertEquals(
        RestOperations.all(),
        DOORS
            .lines()
            .map(line -> line.strip().split(" +", 3))
            .filter(words -> words[1].startsWith("/api/"))
            .map(words -> words[0] + " " + words[1].substring("/api".length()))
            .map(
                door -> door.replace("/doors/", "/{session_id}/").replace("/carol", "/{principal}"))
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  @ParameterizedTest
  @MethodSource("states")
  @Order(2)
  void everyDoorIsRefusedWithTheReason(State state) throws Exception {
    LogMark mark = LogMark.now(gateway.server());
    state.enter.run();
    try {
      Readiness.awaitRefusal(gateway.server(), state.reason);
      walk(UNUSABLE, state.message);
      walk(UNUSABLE, state.message);
      assertEquals("unavailable", openBefore.join("doors", 0).string("code"));
      JsonObject node = visitor.node();
      assertEquals("not_ready", node.getString("state"));
      assertTrue(node.getString("reason").contains(state.reason), node::toString);
    } finally {
      state.leave.run();
      Readiness.awaitUp(gateway.server());
    }
    // It goes on, and waits for nothing when the next state begins.
    assertEquals("joined", openBefore.join("doors", 0).string("type"));
    assertEquals(List.of(), logged(mark, " ERROR "));
    assertEquals(List.of(), logged(mark, "\tat "));
    List<String> said = logged(mark, "TIDE0101 ");
    assertEquals(
        1, said.stream().filter(line -> line.contains(state.reason)).count(), said::toString);
    assertTrue(said.size() <= 3, said::toString); // it may pass through others on the way
    assertEquals("ready", visitor.node().getString("state"));
  }

  private static List<String> logged(LogMark mark, String text) {
    return mark.since().stream().filter(line -> line.contains(text)).toList();
  }

  /** Nobody can be let in before it is known who was revoked. */
  @Test
  @Order(3)
  void everyDoorIsRefusedWhileRevocationsAreUnread() throws Exception {
    try (Connection holder = gateway.database().connect();
        Statement lock = holder.createStatement()) {
      holder.setAutoCommit(false);
      lock.execute("lock table tidemark.revocation");
      String outage = "insert into tidemark.schema_version values (999, 'an outage', now(), 999)";
      gateway.database().execute(outage);
      Readiness.awaitRefusal(gateway.server(), "built for 999");
      gateway.database().execute("delete from tidemark.schema_version where version = 999");
      Readiness.awaitRefusal(gateway.server(), "Who was revoked meanwhile is being read.");
      walk(UNREAD, "Who was revoked meanwhile is being read.");
    }
    Readiness.awaitUp(gateway.server());
  }

  /** A database that takes connections and says nothing: the first look goes on. */
  @Test
  @Order(4)
  void everyDoorIsRefusedWhileTheNodeStarts() throws Exception {
    DatabaseLogin app = gateway.cluster().app("tidemark");
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String address = "jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/tidemark";
      WildFlyServer starting =
          WildFlyServer.named("not-ready-starting")
              .database(
                  new DatabaseLogin(address + "?loginTimeout=600", app.user(), app.password()))
              .developmentAccounts()
              .javaOption(Gateway.QUICK_START)
              .build()
              .start();
      try {
        Readiness.awaitRefusal(starting, "The node is starting.");
        Awaitility.await("the server has started")
            .atMost(Duration.ofMinutes(1))
            .until(() -> new DoorVisitor(starting).knock("GET /login.html", "-", "") == 200);
        walk(new DoorVisitor(starting), UNUSABLE, "The node is starting.");
      } finally {
        starting.kill();
      }
    }
  }

  /** The server itself refuses then, before the application; its management goes on. */
  @Test
  @Order(5)
  void aSuspendedServerRefusesEveryDoorButItsManagement() throws Exception {
    try (ServerCli cli = ServerCli.connect(gateway.server())) {
      cli.run(":suspend(suspend-timeout=60)");
      Readiness.awaitRefusal(gateway.server(), "The server is suspended.");
      for (String door : DOORS.lines().toList()) {
        String path = door.strip().split(" +", 3)[1];
        int expected = path.matches("/health/(live|started)|/metrics") ? 200 : 503;
        assertEquals(expected, visitor.status(path), path);
      }
      cli.run(":resume");
    }
    Readiness.awaitUp(gateway.server());
  }

  /** The last door undoes the drain. */
  @Test
  @Order(6)
  void aDrainingNodeRefusesSocketsAlone() throws Exception {
    assertEquals(202, visitor.knock("POST /api/node/drain", "operator", ""));
    Readiness.awaitRefusal(gateway.server(), "The node is draining.");
    JsonObject node = visitor.node();
    assertEquals("draining", node.getString("state"));
    assertEquals("The node is draining.", node.getString("reason"));
    walk(DRAINING, "The node is draining.");
    Readiness.awaitUp(gateway.server());
    gateway.connect("alice").close();
  }

  private static void walk(int column, String message) {
    walk(visitor, column, message);
  }

  private static void walk(DoorVisitor visitor, int column, String message) {
    List<String> wrong =
        DOORS
            .lines()
            .map(line -> line.strip().split(" +"))
            .map(
                words -> {
                  String door = words[0] + " " + words[1];
                  return door
                      + " as "
                      + words[2]
                      + ": "
                      + words[3 + column]
                      + " expected, "
                      + visitor.knock(door, words[2], message);
                })
            .filter(line -> !line.matches(".*: (\\d+) expected, \\1"))
            .toList();
    assertEquals(List.of(), wrong);
  }

  @Test
  @Order(0)
  void aReadyNodeTellsItsVersionsAndIsRecordedWithThem() throws Exception {
    JsonObject node = visitor.node();
    assertEquals("ready", node.getString("state"));
    assertEquals(Storage.SCHEMA_VERSION, node.getInt("schema_needed"));
    assertEquals(
        gateway.database().value(Integer.class, "select max(version) from tidemark.schema_version"),
        node.getInt("schema_found"));
    assertEquals(
        gateway
            .database()
            .value(
                String.class,
                "select epoch_id::text from tidemark.epoch order by epoch_number desc"),
        node.getString("epoch"));
    assertEquals(1, node.getInt("connections"));
    assertEquals(0, node.getInt("running_turns"));
    String version = node.getString("version");
    assertTrue(version.matches("\\d+\\.\\d+.*"), version);
    assertEquals(1, gateway.metric("tidemark_info{version=\"" + version + "\"}"));
    assertEquals(Storage.SCHEMA_VERSION, gateway.metric("tidemark_schema_needed"));
    assertEquals(Storage.SCHEMA_VERSION, gateway.metric("tidemark_schema_found"));
    assertEquals(
        List.of(List.of(version, Storage.SCHEMA_VERSION, true, true, "3000", "false", true, true)),
        gateway
            .database()
            .rows(
                """
                select version, schema_version, java_version = ?, server_version like 'WildFly 39%',
                       settings ->> 'tidemark.turn.lease-millis', settings ->> 'tidemark.access.secure-cookies',
                       stopped_at is null, seen_until between started_at and clock_timestamp()
                  from audit.node_history where node = ?\
                """,
                Runtime.version().toString(), node.getString("node")));
    List<String> first =
        logged(LogMark.start(gateway.server()), "[dev.tidemark").stream().limit(1).toList();
    assertTrue(
        first
            .get(0)
            .matches(
                ".* TIDE0105 Tidemark "
                    + Pattern.quote(version)
                    + " on node "
                    + Pattern.quote(node.getString("node"))
                    + ", schema \\d+ needed, WildFly 39.*, Java"
                    + " .*tidemark.turn.lease-millis=3000.*"),
        first::toString);
  }
}
