package dev.tidemark.tools.fill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The questions of docs/audit.md must suit a log of any size, so their plans reach the events by
 * session and cursor in an index, or in the partitions of the days in question and in no others.
 * Sequential scans are made unattractive here, because the tables of a test are so small that an
 * index would not pay off.
 */
class CookbookPlanIT {
  private static final Pattern DAY = Pattern.compile("event_(\\d{8}|default)");

  /** Questions about a time window over all sessions, with its days; 0 means around a moment. */
  private static final Map<String, Integer> IN_DAYS =
      Map.of(
          "What happened around an incident, in all sessions?", 0,
          "Which tools were called?", 1,
          "Which sessions were the busiest?", 1,
          "Which minutes were the busiest?", 1,
          "How much comes in a day, by tenant?", 3,
          "How large is each tenant, how fast does it grow, and where does that lead?", 14);

  /** Questions that read no event, or call a function that reads events by itself. */
  private static final Set<String> WITHOUT_EVENTS =
      Set.of(
          "Which sessions does a person have?",
          "What was said in it?",
          "Who wrote to it, and how much?",
          "How long do turns take, and how long do they wait?",
          "What did a person have on the screen at a moment?",
          "Who was sent a certain event, and when?",
          "Who was connected at a moment?",
          "How did clients come and go in a session?",
          "Which clients had to resync, and why?",
          "Who was refused, and why?",
          "Who tried to join a session and was not let in?",
          "Who signed in, and how?",
          "Who read by REST?",
          "Up to when are the records of each node complete?",
          "Which version and settings did each node have, and when?",
          "Who was disconnected, by whom and why?",
          "What did administrators do?",
          "Which sessions are the largest?",
          "Which sessions are idle?",
          "What was purged of a session, and by which rule?",
          "What became of each day, and when?",
          "Where are the events of each day, and why there?",
          "What would the next purge do?",
          "Does the whole of a session verify?",
          "With whom was a session shared, when, and by whom?",
          "When was each session last verified, with what result?",
          "Are the records themselves whole?",
          "When were the records last digested, and the privileges looked at?",
          "Are the hot rows healthy?",
          "Are the indexes healthy?",
          "What runs long?",
          "Who holds which lock, and who waits for it?",
          "Who may do what in the database?",
          "When did it change who may do what?");

  private static Connection auditor;
  private static QuestionSubjects subjects;

  @BeforeAll
  static void fill() throws Exception {
    subjects = new QuestionSubjects(FilledDatabase.dataset());
    auditor = FilledDatabase.DATABASE.as("tidemark_auditor");
    try (Statement statement = auditor.createStatement()) {
      statement.execute("set enable_seqscan = off");
    }
  }

  @Test
  void theListsNameQuestionsThatThereAre() {
    Set<String> titles =
        Cookbook.questions().stream().map(Cookbook.Question::title).collect(Collectors.toSet());
    assertTrue(titles.containsAll(IN_DAYS.keySet()), "not asked any more: " + IN_DAYS.keySet());
    assertTrue(titles.containsAll(WITHOUT_EVENTS), "not asked any more: " + WITHOUT_EVENTS);
  }

  @TestFactory
  Stream<DynamicTest> eachQuestionReadsNoMoreOfTheLogThanItIsAbout() {
    return Cookbook.questions().stream()
        .map(q -> DynamicTest.dynamicTest(q.title(), () -> look(q.title(), scans(q))));
  }

  private static void look(String title, List<JsonObject> scans) {
    if (WITHOUT_EVENTS.contains(title)) {
      assertEquals(List.of(), scans);
      return;
    }
    assertFalse(scans.isEmpty(), "no event is read");
    if (IN_DAYS.containsKey(title)) {
      Set<String> read = new TreeSet<>();
      scans.forEach(scan -> read.add(scan.getString("Relation Name")));
      if (IN_DAYS.get(title) > 7) {
        // Days that are history now have no partition in the log, whose default could hold them.
        read.remove("event_default");
      }
      assertEquals(days(title), read);
      return;
    }
    for (JsonObject scan : scans) {
      if (mayBeEmpty(scan.getString("Relation Name"))) {
        continue; // without rows, any index is as good as another
      }
      String condition = scan.getString("Index Cond", scan.getString("Recheck Cond", ""));
      assertTrue(condition.contains("session_key"), "reads without the key: " + scan);
    }
  }

  /** The partitions of the window. */
  private static Set<String> days(String title) {
    boolean around = IN_DAYS.get(title) == 0;
    LocalDate first =
        Times.day(
            around ? subjects.at - Times.MINUTE : subjects.to - IN_DAYS.get(title) * Times.DAY);
    LocalDate last = Times.day(around ? subjects.at + Times.MINUTE : subjects.to - 1);
    Set<String> names = new TreeSet<>();
    first.datesUntil(last.plusDays(1)).map(DetachedPartition::nameOf).forEach(names::add);
    return names;
  }

  /**
   * Whether a partition is today's, which just after midnight has next to no rows, one of the days
   * ahead, or the one for events of no day.
   */
  private static boolean mayBeEmpty(String partition) {
    return partition.equals("event_default")
        || partition.compareTo(
                DetachedPartition.nameOf(Times.day(FilledDatabase.dataset().month.world.until)))
            >= 0;
  }

  /** The nodes of the plan that read events. */
  private static List<JsonObject> scans(Cookbook.Question question) throws Exception {
    try (Statement statement = auditor.createStatement();
        ResultSet plan =
            statement.executeQuery(
                "explain (format json) " + question.with(subjects.variables()))) {
      plan.next();
      List<JsonObject> scans = new ArrayList<>();
      collect(
          Json.createReader(new StringReader(plan.getString(1)))
              .readArray()
              .getJsonObject(0)
              .getJsonObject("Plan"),
          scans);
      return scans;
    }
  }

  private static void collect(JsonObject node, List<JsonObject> scans) {
    if (DAY.matcher(node.getString("Relation Name", "")).matches()) {
      scans.add(node);
    }
    if (node.containsKey("Plans")) {
      for (JsonValue child : node.getJsonArray("Plans")) {
        collect(child.asJsonObject(), scans);
      }
    }
  }
}
