package dev.tidemark;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.CanBeAnnotated.Predicates.metaAnnotatedWith;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethod;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.tidemark.testing.identity.Keycloak;
import dev.tidemark.tools.bench.PerformancePageTest;
import dev.tidemark.tools.run.DevelopmentDatabase;
import dev.tidemark.tools.run.PostgresPrograms;
import dev.tidemark.tools.run.WildFlyServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;

/** Separates unit tests from tests with a server, and fixtures from both tests and programs. */
final class TestKindsTest {
  /**
   * Through them others use what is a room's own: tools.fill its hash chain, tests of sockets its
   * quotas and a subscription.
   */
  private static final Set<String> DOORS = Set.of("ChainOfSession", "Limits", "Subscriptions");

  private static final String SOURCES = System.getProperty("basedir", ".") + "/src/";

  private static final JavaClasses ALL = new ClassFileImporter().importPackages("dev.tidemark");

  /** Classes that start a server or a database, and libraries that do. */
  private static final DescribedPredicate<JavaClass> STARTER =
      describe(
              "start a server or a database",
              (JavaClass type) ->
                  List.of(
                          DevelopmentDatabase.class,
                          PostgresPrograms.class,
                          WildFlyServer.class,
                          Keycloak.class)
                      .stream()
                      .anyMatch(type::isEquivalentTo))
          .or(resideInAnyPackage("io.zonky..", "org.jboss.arquillian..", "com.microsoft.."));

  /** Classes that the tests of a room need but that are no tests themselves. */
  private static final DescribedPredicate<JavaClass> FIXTURE_IN_A_ROOM =
      describe(
          "fixtures in a room",
          type ->
              type.isTopLevelClass()
                  && type.getSource().orElseThrow().getUri().getPath().contains("/test-classes/")
                  && !type.getSimpleName().matches("package-info|.*(Test|IT)")
                  && !type.getPackageName().matches(".*\\.(testing|tools)(\\..*)?"));

  @Test
  void everyTestIsFoundByMaven() {
    methods()
        .that(metaAnnotatedWith(Testable.class))
        .should()
        .beDeclaredInClassesThat()
        .haveNameMatching(".*(Test|IT|Bench)(\\$.*)?")
        .because(
            "a test in a class of another name is never run. Call the class *Test if it needs neither"
                + " server nor database, and *IT otherwise")
        .check(ALL);
  }

  @Test
  void aTestThatStartsAServerOrADatabaseIsAnIT() {
    noClasses()
        .that()
        .haveNameMatching(".*Test(\\$.*)?")
        .and()
        // Both name such classes: this test forbids them, the other lists the benchmark's cases.
        .doNotBelongToAnyOf(TestKindsTest.class, PerformancePageTest.class)
        .should()
        .transitivelyDependOnClassesThat(STARTER)
        .because(
            "mvn test takes two minutes at most and needs nothing but a JDK. Call the class *IT, or"
                + " give it a fake")
        .check(ALL);
  }

  @Test
  void aFixtureOfSeveralPackagesIsInTesting() {
    classes()
        .that(FIXTURE_IN_A_ROOM)
        .and(describe("no doors", type -> !DOORS.contains(type.getSimpleName())))
        .should()
        .notBePublic()
        .because("what two packages use is in testing/, where the next test looks for it")
        .check(ALL);
  }

  @Test
  void noTestSleeps() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..tools.bench..")
        .should(callMethod(Thread.class, "sleep", long.class))
        .because(
            "a sleep is too short on a busy machine and too long on any other. Wait for a condition")
        .check(ALL);
  }

  @Test
  void everyPackageSaysWhatItIsFor() {
    Set<String> silent =
        ALL.stream()
            .filter(type -> !type.getSimpleName().equals("package-info"))
            .map(JavaClass::getPackageName)
            .filter(name -> !name.equals("dev.tidemark"))
            .filter(name -> !isDescribed("main", name) && !isDescribed("test", name))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(Set.of(), silent, "Add a package-info.java: what a person would look for there.");
  }

  private static boolean isDescribed(String sources, String name) {
    return Files.exists(
        Path.of(SOURCES, sources, "java", name.replace('.', '/'), "package-info.java"));
  }
}
