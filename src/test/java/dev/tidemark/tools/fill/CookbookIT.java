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
 * equal the filler's facts.
 */
class CookbookIT {
  private static final SchemaDatabase DATABASE = FilledDatabase.DATABASE;
  private static final Connection AUDITOR = DATABASE.as("tidemark_auditor");
  private static Known known;
  private static About about;
  private static Map<String, String> variables;

  @BeforeAll
  static void know() {
    known = FilledDatabase.known();
    about = new About(known);
    variables = about.variables();
  }

  @Test
  void thereAreAtLeastTwentyAndEachHasAnAnswer() {
    List<String> titles = Cookbook.questions().stream().map(Cookbook.Question::title).toList();
    assertTrue(titles.size() >= 20, titles.size() + " questions");
    Map<String, Supplier<List<List<Object>>>> answers = answers();
    assertEquals(
        titles.stream().filter(t -> !t.equals(PREVIEW)).sorted().toList(),
        answers.keySet().stream().sorted().toList());
  }

  @TestFactory
  List<DynamicTest> eachAnswerIsWhatTheFillerKnows() {
    Map<String, Supplier<List<List<Object>>>> answers = answers();
    return Cookbook.questions().stream()
        .filter(q -> answers.containsKey(q.title()))
        .map(
            q ->
                DynamicTest.dynamicTest(
                    q.title(),
                    () -> {
                      List<List<Object>> expected = answers.get(q.title()).get();
                      List<List<Object>> found = ask(AUDITOR, q.title(), about(q.title()));
                      if (!MAY_BE_EMPTY.contains(q.title())) {
                        assertFalse(expected.isEmpty(), "the question is about nothing here");
                      }
                      assertRows(expected, q.title().equals(PLACES) ? places(found) : found);
                    }))
        .toList();
  }

  private static final String PLACES = "Where are the events of each day, and why there?";
  private static final String PREVIEW = "What would the next purge do?";
  private static final String STRANGERS = "Who tried to join a session and was not let in?";
  private static final String CHANGED = "Was anything changed between two cursors?";
  private static final String MESSAGES = "Do the messages say what the chained events say?";
  private static final String TEXT = "What is the full text of an answer?";

  /** No row is the good result; the tests below make sure that there can be another one. */
  private static final List<String> MAY_BE_EMPTY = List.of(CHANGED, MESSAGES);

  private static Map<String, Supplier<List<List<Object>>>> answers() {
    var happened = new HappenedAnswers(known, about);
    var readers = new ReaderAnswers(known, about);
    var refusals = new RefusalAnswers(known, about);
    var acts = new ActAnswers(known, about);
    var volume = new VolumeAnswers(known, about);
    var retention = new RetentionAnswers(known, about);
    Map<String, Supplier<List<List<Object>>>> answers = new LinkedHashMap<>();
    answers.put("Which sessions does a person have?", volume::ofAPerson);
    answers.put("What happened in a session?", happened::inASession);
    answers.put("What was said in it?", happened::said);
    answers.put("Who wrote to it, and how much?", happened::whoWrote);
    answers.put(TEXT, () -> happened.textOf(about.turn));
    answers.put("What did a turn do, step by step?", happened::steps);
    answers.put("How did its state come about?", happened::states);
    answers.put("What happened around an incident, in all sessions?", happened::around);
    answers.put("Which tools were called?", happened::tools);
    answers.put("Which turns did not complete, and why?", happened::unfinished);
    answers.put("How long do turns take, and how long do they wait?", happened::durations);
    answers.put("What did a person have on the screen at a moment?", readers::screen);
    answers.put("What did a person read last week?", readers::readLastWeek);
    answers.put("Who was sent a certain event, and when?", readers::sentTo);
    answers.put("Who was connected at a moment?", readers::connected);
    answers.put("How did clients come and go in a session?", readers::comings);
    answers.put("Which clients had to resync, and why?", readers::resyncs);
    answers.put("Which clients lag most?", readers::lags);
    answers.put("Who was refused, and why?", refusals::refused);
    answers.put(STRANGERS, refusals::strangers);
    answers.put("Who was disconnected, by whom and why?", acts::disconnected);
    answers.put("What did administrators do?", acts::acts);
    answers.put("Which sessions are the largest?", volume::largest);
    answers.put("Which sessions were the busiest?", volume::busiest);
    answers.put("Which minutes were the busiest?", volume::minutes);
    answers.put("How much comes in a day, by tenant?", volume::daily);
    answers.put("Which sessions are idle?", volume::idle);
    answers.put("What was purged of a session, and by which rule?", retention::ofASession);
    answers.put("What became of each day, and when?", retention::ofDays);
    answers.put(PLACES, retention::places);
    answers.put("Which holds stand, and what do they keep?", retention::holds);
    answers.put("What can be replayed of a session, and by which rule?", retention::ruleOfASession);
    answers.put("What would be lost if the replay window were a day?", retention::aWindowOfADay);
    answers.put(CHANGED, List::of);
    answers.put("Does the whole of a session verify?", () -> List.of(Answer.row((Object) null)));
    answers.put(MESSAGES, List::of);
    answers.put("On which lines of history was it written?", retention::epochs);
    return answers;
  }

  @Test
  void theTextOfATurnThatDidNotCompleteIsWhatItHadSaid() throws Exception {
    Map<String, String> other = new HashMap<>(variables);
    other.put("turn", about.unfinished.id().toString());
    assertRows(
        new HappenedAnswers(known, about).textOf(about.unfinished), ask(AUDITOR, TEXT, other));
  }

  /** Time passes between expectation and query, so the result lies between two expectations. */
  @Test
  void thePreviewOfThePurgeCountsTheFloorsThatItWouldRaise() throws Exception {
    var retention = new RetentionAnswers(known, about);
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
  void aMessageThatDoesNotSayWhatItsEventSaysIsFound() throws Exception {
    long cursor = known.messages(about.session).get(3).cursor();
    assertEquals(
        List.of(cursor),
        cursorsAfter(
            MESSAGES,
            "update tidemark.message set content = '\"no\"' where session_key = "
                + about.session.key
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
                    ? " and session_key = " + about.session.key
                    : ""));
      }
      statement.execute("set local role tidemark_auditor");
      List<Object> cursors = ask(superuser, title, variables).stream().map(r -> r.get(0)).toList();
      superuser.rollback();
      return cursors;
    }
  }

  private static Map<String, String> about(String title) {
    if (!title.equals(STRANGERS)) {
      return variables;
    }
    Map<String, String> other = new HashMap<>(variables);
    other.put("session", about.stranger.sessionId());
    return other;
  }

  /** The rows of the month's days: day, place, number of events, holds. */
  private static List<List<Object>> places(List<List<Object>> found) {
    return found.stream()
        .filter(r -> r.get(0) != null)
        .filter(
            r -> ((String) r.get(0)).compareTo(Times.day(known.month.world.until).toString()) <= 0)
        .map(r -> Answer.row(r.get(0), r.get(1), r.get(2), r.get(4)))
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
      return Answer.rows(result);
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
