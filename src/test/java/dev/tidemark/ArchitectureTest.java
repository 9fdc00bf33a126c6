package dev.tidemark;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.json.Json;
import jakarta.persistence.EntityManager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Timer;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Enforces the rooms and the arrows between them, as docs/architecture.md draws them. */
final class ArchitectureTest {
  private static final String ROOT = "dev.tidemark";
  private static final String SOURCES = System.getProperty("basedir", ".") + "/src/main/java";

  /** Rooms that every other room may use; they have no row in the table. */
  private static final Set<String> VOCABULARY = Set.of("config", "concurrent", "ops");

  /** The table of docs/architecture.md: which rooms each room may call. */
  static final Map<String, Set<String>> ARROWS =
      Map.ofEntries(
          Map.entry("wire", Set.of()),
          Map.entry("config", Set.of()),
          Map.entry("concurrent", Set.of()),
          Map.entry("ops", Set.of("wire", "config", "concurrent")),
          Map.entry("agent", Set.of("wire")),
          Map.entry("log", Set.of("wire")),
          Map.entry("session", Set.of("wire", "log")),
          Map.entry("delivery", Set.of("wire", "log", "session")),
          Map.entry("turn", Set.of("wire", "agent", "log", "session")),
          Map.entry("retention", Set.of()),
          Map.entry("access", Set.of("wire", "session")),
          Map.entry(
              "socket",
              Set.of("wire", "agent", "log", "session", "delivery", "turn", "retention", "access")),
          Map.entry("http", Set.of("wire", "log", "session", "access")));

  /** The sub-rooms of {@code access} that each of them may call; all may call {@code access}. */
  static final Map<String, Set<String>> ACCESS_ARROWS =
      Map.ofEntries(
          Map.entry("token", Set.of()),
          Map.entry("login", Set.of("limit")),
          Map.entry("limit", Set.of()),
          Map.entry("ticket", Set.of("limit", "login")),
          Map.entry("caller", Set.of("login")),
          Map.entry("record", Set.of("caller")),
          Map.entry("revocation", Set.of("token", "login", "caller", "record", "limit")),
          Map.entry(
              "gate",
              Set.of("token", "login", "ticket", "caller", "record", "limit", "revocation")));

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @TestFactory
  List<DynamicTest> aRoomCallsOnlyTheRoomsThatItsArrowsPointTo() {
    return new TreeSet<>(ARROWS.keySet())
        .stream()
            .map(room -> DynamicTest.dynamicTest(room, () -> arrowsOf(room).check(MAIN)))
            .toList();
  }

  private static ArchRule arrowsOf(String room) {
    List<String> allowed = new ArrayList<>(ARROWS.get(room));
    allowed.add(room);
    if (!VOCABULARY.contains(room)) {
      allowed.addAll(VOCABULARY);
    }
    DescribedPredicate<JavaClass> elsewhere =
        resideInAnyPackage(ROOT + "..")
            .and(
                DescribedPredicate.not(
                    resideInAnyPackage(
                        allowed.stream().map(ArchitectureTest::packages).toArray(String[]::new))));
    return noClasses()
        .that()
        .resideInAPackage(packages(room))
        .should()
        .dependOnClassesThat(elsewhere.as("are in a room that '%s' has no arrow to", room))
        .allowEmptyShould(true)
        .because(
            "the arrows keep each room readable alone. Move the class to the room whose word it is,"
                + " or let the lower room announce it as a CDI event that this one observes");
  }

  @Test
  void everyArrowIsUsed() {
    Set<String> unused = new TreeSet<>();
    addUnused(ARROWS, "", unused);
    addUnused(ACCESS_ARROWS, "access.", unused);
    assertEquals(
        Set.of(),
        unused,
        "An arrow that nobody uses only permits what nobody wants. Remove it here and in"
            + " docs/architecture.md.");
  }

  private static void addUnused(Map<String, Set<String>> arrows, String in, Set<String> unused) {
    arrows.forEach(
        (room, called) ->
            called.stream()
                .filter(other -> !calls(in + room, in + other))
                .forEach(other -> unused.add(in + room + " -> " + in + other)));
  }

  private static boolean calls(String room, String other) {
    return MAIN.stream()
        .filter(type -> isIn(room, type))
        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
        .anyMatch(dependency -> isIn(other, dependency.getTargetClass()));
  }

  private static boolean isIn(String room, JavaClass type) {
    return (type.getPackageName() + ".").startsWith(ROOT + "." + room + ".");
  }

  @TestFactory
  List<DynamicTest> aSubRoomOfAccessCallsOnlyTheSubRoomsThatItsArrowsPointTo() {
    return new TreeSet<>(ACCESS_ARROWS.keySet())
        .stream()
            .map(
                room ->
                    DynamicTest.dynamicTest(
                        "access." + room, () -> arrowsInAccess(room).check(MAIN)))
            .toList();
  }

  private static ArchRule arrowsInAccess(String room) {
    String[] forbidden =
        ACCESS_ARROWS.keySet().stream()
            .filter(other -> !other.equals(room) && !ACCESS_ARROWS.get(room).contains(other))
            .map(other -> packages("access." + other))
            .toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage(packages("access." + room))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(forbidden)
                .as("are in a sub-room that 'access.%s' has no arrow to", room))
        .because(
            "the sub-rooms are layers, from credentials to the gate. Move the class to the sub-room"
                + " whose word it is");
  }

  @Test
  void whatAllSubRoomsOfAccessShareCallsNoneOfThem() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".access")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".access.*..")
        .because("the caller and their rights are the words of the sub-rooms, which build on them")
        .check(MAIN);
  }

  @Test
  void everySubRoomIsKnown() {
    Set<String> found =
        MAIN.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> name.chars().filter(c -> c == '.').count() > 2)
            .map(name -> name.substring(ROOT.length() + 1))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> known =
        ACCESS_ARROWS.keySet().stream()
            .map(room -> "access." + room)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(known, found, "A sub-room needs a line in this test and in docs/architecture.md.");
  }

  @Test
  void theVocabularyOfTheWireNeedsNoContainer() {
    noClasses()
        .that()
        .resideInAPackage(packages("wire"))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("jakarta..", "org..", "io..", "com..", "java.sql..", "java.net..")
                .and(
                    DescribedPredicate.not(
                        resideInAnyPackage("jakarta.json..", "org.eclipse.parsson.api"))))
        .because(
            "frames are plain Java and JSON-P with its library, so that clients and tests use them without a server."
                + " Put what needs more into the room that calls this one")
        .check(MAIN);
  }

  @Test
  void everyClassLivesInARoom() {
    String[] rooms =
        ARROWS.keySet().stream().map(ArchitectureTest::packages).toArray(String[]::new);
    classes()
        .should()
        .resideInAnyPackage(rooms)
        .because(
            "a newcomer finds things by room. Put the class into the one that it belongs to; a new"
                + " room needs a row in docs/architecture.md and in this test")
        .check(MAIN);
  }

  @Test
  void noTwoRoomsCallEachOther() {
    slices()
        .matching(ROOT + ".(*)..")
        .should()
        .beFreeOfCycles()
        .because("a cycle makes one room of two. Turn the upward call into a CDI event")
        .check(MAIN);
  }

  @Test
  void everyPackageSaysWhatItIsFor() {
    Set<String> silent =
        MAIN.stream()
            .filter(type -> !type.getSimpleName().equals("package-info"))
            .map(JavaClass::getPackageName)
            .filter(
                name ->
                    !Files.exists(Path.of(SOURCES, name.replace('.', '/'), "package-info.java")))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(
        Set.of(),
        silent,
        "Add a package-info.java of a few lines: what it is for, what it may call, where to"
            + " begin.");
  }

  @Test
  void nobodySendsBlocking() {
    forbidCalls(
        "call getBasicRemote()",
        target -> target.getName().equals("getBasicRemote"),
        "one client that does not read would hold a thread of everybody. Send with getAsyncRemote"
            + " and a SendHandler that never blocks");
  }

  @Test
  void nobodyStartsAThread() {
    forbidCalls(
        "start a thread or make an executor",
        target ->
            isOnTheCommonPool(target)
                || target.getOwner().isAssignableTo(Executors.class)
                || target.getOwner().isAssignableTo(Timer.class)
                || target.getOwner().isAssignableTo(ForkJoinPool.class)
                || (target.getOwner().isAssignableTo(Thread.class)
                    && Set.of("<init>", "start", "startVirtualThread", "ofVirtual", "ofPlatform")
                        .contains(target.getName())),
        "only the container's threads carry its transactions, its identity and its shutdown. Inject"
            + " one of the managed executors, or ServerThreads");
  }

  @Test
  void nobodySchedulesWithTheServersScheduler() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ManagedScheduledExecutorService.class)
        .because(
            "while the server is suspended, it runs nothing and writes an error for each run. Use"
                + " ServerThreads or BackgroundJobs")
        .check(MAIN);
  }

  @Test
  void nobodySleeps() {
    forbidCalls(
        "call Thread.sleep",
        target ->
            target.getOwner().isEquivalentTo(Thread.class) && target.getName().equals("sleep"),
        "a sleeping thread is one that others wait for. Schedule with ServerThreads, or wait"
            + " for the event itself");
  }

  @Test
  void nobodyUsesTheTimerOfTheJdk() {
    forbidCalls(
        "use the timer of CompletableFuture",
        target ->
            target.getOwner().isEquivalentTo(CompletableFuture.class)
                && Set.of("orTimeout", "completeOnTimeout", "delayedExecutor")
                    .contains(target.getName()),
        "its thread is never ended and keeps the application's classes in memory. Use"
            + " ServerThreads.after");
  }

  @Test
  void nobodyOpensAConnectionByHand() {
    forbidCalls(
        "use DriverManager",
        target -> target.getOwner().isEquivalentTo(DriverManager.class),
        "such a connection is in no pool and no transaction. Inject the datasource");
  }

  @Test
  void nobodyFindsARowByFind() {
    forbidCalls(
        "call EntityManager.find",
        target ->
            target.getOwner().isAssignableTo(EntityManager.class)
                && target.getName().equals("find"),
        "Hibernate answers a connection that died in a transaction with null, as if there were no"
            + " such row. Use EntityLookup");
  }

  @Test
  void nobodySearchesForTheJsonProvider() {
    forbidCalls(
        "call jakarta.json.Json",
        target -> target.getOwner().isEquivalentTo(Json.class),
        "each call searches the class path for the provider, one thread at a time. Use JsonModel or"
            + " JsonText");
  }

  @Test
  void nobodyWritesToTheConsole() {
    forbidCalls(
        "use System.out or System.err, or print a stack trace",
        target ->
            target.getName().equals("printStackTrace")
                || (target.getOwner().isEquivalentTo(System.class)
                    && Set.of("out", "err").contains(target.getName())),
        "the console has no level, no session and no node. Log with JBoss Logging");
  }

  @Test
  void thereIsOneLogger() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.util.logging..", "org.slf4j..")
        .because("one logger, one set of message ids. Log with JBoss Logging")
        .check(MAIN);
  }

  /** Forbids calls and method references alike. */
  private static void forbidCalls(String what, Predicate<AccessTarget> forbidden, String because) {
    noClasses()
        .should()
        .accessTargetWhere(describe(what, access -> forbidden.test(access.getTarget())))
        .as("no classes should " + what)
        .because(because)
        .check(MAIN);
  }

  /** An asynchronous call without an executor runs on the common pool, outside the container. */
  private static boolean isOnTheCommonPool(AccessTarget target) {
    return target.getOwner().isEquivalentTo(CompletableFuture.class)
        && target.getName().endsWith("Async")
        && target instanceof CodeUnitAccessTarget method
        && method.getRawParameterTypes().stream().noneMatch(t -> t.isEquivalentTo(Executor.class));
  }

  private static String packages(String room) {
    return ROOT + "." + room + "..";
  }
}
