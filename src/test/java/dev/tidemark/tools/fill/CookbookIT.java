package dev.tidemark.tools.fill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Asks the questions of docs/audit.md, as they are written there, as the auditor; each result must
 * equal the generated data.
 */
class CookbookIT {
  private static final SchemaDatabase DATABASE = FilledDatabase.DATABASE;
  private static final Connection AUDITOR = DATABASE.as("tidemark_auditor");
  private static MonthDataset dataset;
  private static QuestionSubjects subjects;
  private static Map<String, String> variables;

  @BeforeAll
  static void fill() {
    dataset = FilledDatabase.dataset();
    subjects = new QuestionSubjects(dataset);
    variables = subjects.variables();
  }

  @Test
  void thereAreAtLeastTwentyAndEachHasAnExpectedResult() {
    List<String> titles = Cookbook.questions().stream().map(Cookbook.Question::title).toList();
    assertTrue(titles.size() >= 20, titles.size() + " questions");
    Map<String, Supplier<List<List<Object>>>> expectations = expectations();
    assertEquals(
        titles.stream()
            .filter(t -> !t.equals(PREVIEW) && !CookbookStateIT.QUESTIONS.contains(t))
            .sorted()
            .toList(),
        expectations.keySet().stream().sorted().toList());
  }

  @TestFactory
  List<DynamicTest> eachResultEqualsTheGeneratedData() {
    Map<String, Supplier<List<List<Object>>>> expectations = expectations();
    return Cookbook.questions().stream()
        .filter(q -> expectations.containsKey(q.title()))
        .map(
            q ->
                DynamicTest.dynamicTest(
                    q.title(),
                    () -> {
                      List<List<Object>> expected = expectations.get(q.title()).get();
                      List<List<Object>> found = ask(AUDITOR, q.title(), variables(q.title()));
                      if (!MAY_BE_EMPTY.contains(q.title())) {
                        assertFalse(expected.isEmpty(), "the question is about nothing here");
                      }
                      assertRows(expected, comparable(q.title(), found));
                    }))
        .toList();
  }

  private static final String GROWTH =
      "How large is each tenant, how fast does it grow, and where does that lead?";
  private static final String PLACES = "Where are the events of each day, and why there?";
  private static final String PREVIEW = "What would the next purge do?";
  private static final String STRANGERS = "Who tried to join a session and was not let in?";
  private static final String CHANGED = "Was anything changed between two cursors?";
  private static final String RECORDS = "Are the records themselves whole?";
  private static final String MESSAGES = "Do the messages say what the chained events say?";
  private static final String TEXT = "What is the full text of an answer?";

  /** No row is the good result; the tests below make sure that there can be another one. */
  private static final List<String> MAY_BE_EMPTY = List.of(CHANGED, MESSAGES, RECORDS);

  private static Map<String, Supplier<List<List<Object>>>> expectations() {
    var events = new ExpectedEvents(dataset, subjects);
    var deliveries = new ExpectedDeliveries(dataset, subjects);
    var refusals = new ExpectedRefusals(dataset, subjects);
    var adminActions = new ExpectedAdminActions(dataset, subjects);
    var access = new ExpectedAccess(dataset, subjects);
    var volumes = new ExpectedVolumes(dataset, subjects);
    var retention = new ExpectedRetention(dataset, subjects);
    Map<String, Supplier<List<List<Object>>>> expectations = new LinkedHashMap<>();
    expectations.put("Which sessions does a person have?", volumes::ofAPerson);
    expectations.put("What happened in a session?", events::inASession);
    expectations.put("What was said in it?", events::messages);
    expectations.put("Who wrote to it, and how much?", events::whoWrote);
    expectations.put(TEXT, () -> events.textOf(subjects.turn));
    expectations.put("What did a turn do, step by step?", events::steps);
    expectations.put("How did its state come about?", events::states);
    expectations.put("What happened around an incident, in all sessions?", events::around);
    expectations.put("Which tools were called?", events::tools);
    expectations.put("Which turns did not complete, and why?", events::unfinished);
    expectations.put("How long do turns take, and how long do they wait?", events::durations);
    expectations.put("What did a person have on the screen at a moment?", deliveries::screen);
    expectations.put("What did a person read last week?", deliveries::readLastWeek);
    expectations.put("Who was sent a certain event, and when?", deliveries::sentTo);
    expectations.put("Who was connected at a moment?", deliveries::connected);
    expectations.put("How did clients come and go in a session?", deliveries::joins);
    expectations.put("Which clients had to resync, and why?", deliveries::resyncs);
    expectations.put("Which clients lag most?", deliveries::lags);
    expectations.put("Who was refused, and why?", refusals::refused);
    expectations.put(STRANGERS, refusals::strangers);
    expectations.put("Who signed in, and how?", access::signedIn);
    expectations.put("Who read by REST?", access::readByRest);
    expectations.put("Up to when are the records of each node complete?", access::nodes);
    expectations.put("Who was disconnected, by whom and why?", adminActions::disconnected);
    expectations.put("What did administrators do?", adminActions::all);
    expectations.put(
        "Which version and settings did each node have, and when?", adminActions::nodes);
    expectations.put("Which sessions are the largest?", volumes::largest);
    expectations.put("Which sessions were the busiest?", volumes::busiest);
    expectations.put("Which minutes were the busiest?", volumes::minutes);
    expectations.put("How much comes in a day, by tenant?", volumes::daily);
    expectations.put("Which sessions are idle?", volumes::idle);
    expectations.put(GROWTH, volumes::growth);
    expectations.put("With whom was a session shared, when, and by whom?", volumes::members);
    expectations.put("When was each session last verified, with what result?", volumes::unverified);
    expectations.put(RECORDS, List::of);
    expectations.put("What was purged of a session, and by which rule?", retention::ofASession);
    expectations.put("What became of each day, and when?", retention::ofDays);
    expectations.put(PLACES, retention::places);
    expectations.put("Which holds stand, and what do they keep?", retention::holds);
    expectations.put(
        "What can be replayed of a session, and by which rule?", retention::ruleOfASession);
    expectations.put(
        "What would be lost if the replay window were a day?", retention::aWindowOfADay);
    expectations.put(CHANGED, List::of);
    expectations.put(
        "Does the whole of a session verify?", () -> List.of(ResultRows.row((Object) null)));
    expectations.put(MESSAGES, List::of);
    expectations.put("On which lines of history was it written?", retention::epochs);
    return expectations;
  }

  @Test
  void theTextOfATurnThatDidNotCompleteIsWhatItHadSaid() throws Exception {
    Map<String, String> other = new HashMap<>(variables);
    other.put("turn", subjects.unfinished.id().toString());
    assertRows(
        new ExpectedEvents(dataset, subjects).textOf(subjects.unfinished),
        ask(AUDITOR, TEXT, other));
  }

  /** Time passes between expectation and query, so the result lies between two expectations. */
  @Test
  void thePreviewOfThePurgeCountsTheFloorsThatItWouldRaise() throws Exception {
    var retention = new ExpectedRetention(dataset, subjects);
    long atLeast = retention.floorsToRaise(Times.of(Instant.now()));
    List<List<Object>> found = ask(AUDITOR, PREVIEW, variables);
    long atMost = retention.floorsToRaise(Times.of(Instant.now()));
    long floors =
        found.stream()
            .filter(r -> r.get(0).equals("floors") && (boolean) r.get(1))
            .mapToLong(r -> (long) r.get(5))
            .sum();
    assertTrue(
        atLeast <= floors && floors <= atMost, atLeast + " to " + atMost + ", found " + found);
  }

  @Test
  void whatIsChangedBetweenTwoCursorsIsFoundWhereItWasChanged() throws Exception {
    assertEquals(
        List.of(100L),
        cursorsAfter(
            CHANGED,
            "update tidemark.event_all_of set payload = '{\"content\":\"no\"}' where cursor = 100"));
    assertEquals(
        List.of(100L, 101L),
        cursorsAfter(CHANGED, "delete from tidemark.event_all_of where cursor = 100"));
    assertEquals(
        List.of(100L),
        cursorsAfter(
            CHANGED,
            "update tidemark.event_all_of set created_at = created_at + interval '1 microsecond' where cursor = 100"));
  }

  @Test
  void aRecordThatWasRemovedIsFoundOnItsDay() throws Exception {
    Dataset.Join join =
        dataset.all.joins.stream().filter(j -> j.at() < subjects.from).findFirst().orElseThrow();
    assertEquals(
        List.of(Times.day(join.at()).toString()),
        cursorsAfter(
            RECORDS,
            "delete from tidemark.join_record where joined_at = '%s' and connection_id = '%s'"
                .formatted(Times.text(join.at()), join.connection())));
  }

  @Test
  void aMessageThatDoesNotSayWhatItsEventSaysIsFound() throws Exception {
    long cursor = dataset.messages(subjects.session).get(3).cursor();
    assertEquals(
        List.of(cursor),
        cursorsAfter(
            MESSAGES,
            "update tidemark.message set content = '\"no\"' where session_key = "
                + subjects.session.key
                + " and cursor = "
                + cursor));
  }

  /** Asks after a change by a superuser, and rolls the change back. */
  private static List<Object> cursorsAfter(String title, String change) throws SQLException {
    try (Connection superuser = DATABASE.as("postgres");
        Statement statement = superuser.createStatement()) {
      superuser.setAutoCommit(false);
      for (String log : List.of("event", "event_history")) {
        statement.execute(
            change.replace("event_all_of", log)
                + (change.contains("event_all_of")
                    ? " and session_key = " + subjects.session.key
                    : ""));
      }
      statement.execute("set local role tidemark_auditor");
      List<Object> cursors = ask(superuser, title, variables).stream().map(r -> r.get(0)).toList();
      superuser.rollback();
      return cursors;
    }
  }

  private static Map<String, String> variables(String title) {
    if (!title.equals(STRANGERS)) {
      return variables;
    }
    Map<String, String> other = new HashMap<>(variables);
    other.put("session", subjects.stranger.sessionId());
    return other;
  }

  /** The rows without what only the database knows. */
  private static List<List<Object>> comparable(String title, List<List<Object>> found) {
    return switch (title) {
      case PLACES -> places(found);
      case GROWTH -> found.stream().map(row -> row.subList(0, 6)).toList();
      default -> found;
    };
  }

  /** The rows of the month's days: day, place, number of events, holds. */
  private static List<List<Object>> places(List<List<Object>> found) {
    return found.stream()
        .filter(r -> r.get(0) != null)
        .filter(
            r ->
                ((String) r.get(0)).compareTo(Times.day(dataset.month.world.until).toString()) <= 0)
        .map(r -> ResultRows.row(r.get(0), r.get(1), r.get(2), r.get(4)))
        .toList();
  }

  private static List<List<Object>> ask(
      Connection connection, String title, Map<String, String> variables) throws SQLException {
    Cookbook.Question question =
        Cookbook.questions().stream()
            .filter(q -> q.title().equals(title))
            .findFirst()
            .orElseThrow();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(question.with(variables))) {
      return ResultRows.rows(result);
    }
  }

  /** Compares row by row, so that a difference is easy to read. */
  private static void assertRows(List<List<Object>> expected, List<List<Object>> found) {
    for (int i = 0; i < Math.min(expected.size(), found.size()); i++) {
      assertEquals(expected.get(i), found.get(i), "row " + (i + 1));
    }
    assertEquals(
        expected.size(),
        found.size(),
        () ->
            "more or fewer rows; the first of them: "
                + (expected.size() > found.size() ? expected : found)
                    .stream()
                        .skip(Math.min(expected.size(), found.size()))
                        .limit(3)
                        .map(Object::toString)
                        .collect(Collectors.joining("; ")));
  }
}
