package dev.tidemark.tools.fill;

import dev.tidemark.tools.run.DatabaseLogin;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs every question of docs/audit.md and takes the time. */
final class QuestionTimer {
  private static final int TIMES = 3;
  private static final String AUDITOR = "tidemark_auditor";

  /**
   * Finds the subjects: the session with the most events, its owner, and one of their joins. One
   * row; its columns are the variables.
   */
  private static final String SUBJECTS =
      """
      with session as (
        select tenant, session_id, owner, head_cursor from audit.session_history order by head_cursor desc limit 1
      ), joined as (
        select j.joined_at, j.left_at, j.sent_cursor, j.baseline
          from audit.join_history j join session s using (tenant, session_id)
         where j.left_at is not null and j.sent_cursor > j.baseline + 20
         order by j.joined_at desc limit 1
      )
      select s.tenant, s.session_id as session, s.owner as person, j.joined_at + (j.left_at - j.joined_at) / 2 as at,
             j.left_at - interval '1 day' as from, j.left_at as to,
             greatest(1, j.sent_cursor - 5000) as first, j.sent_cursor as last,
             (select t.turn_id from audit.turn_history t
               where t.tenant = s.tenant and t.session_id = s.session_id and t.status = 'completed'
               order by t.message_cursor desc limit 1) as turn
        from session s cross join joined j""";

  /** Gives a superuser the settings that the auditor's role has at its login, then the role. */
  private static final String BECOME_AUDITOR =
      """
      do $$
      declare
        config text;
      begin
        for config in
          select unnest(s.setconfig) from pg_db_role_setting s where s.setrole = 'tidemark_auditor'::regrole
        loop
          perform set_config(split_part(config, '=', 1), substring(config from '=(.*)'), false);
        end loop;
      end
      $$""";

  private final DatabaseLogin login;
  private final PrintStream out;

  QuestionTimer(DatabaseLogin login, PrintStream out) {
    this.login = login;
    this.out = out;
  }

  /** Prints the median time of each question. */
  void run() throws SQLException {
    try (Connection connection = login.connect();
        Statement statement = connection.createStatement()) {
      if (!login.user().equals(AUDITOR)) {
        statement.execute(BECOME_AUDITOR);
        statement.execute("set role " + AUDITOR);
      }
      Map<String, String> subjects = subjects(statement);
      out.printf("Asked about %s%n", subjects);
      for (Cookbook.Question question : Cookbook.questions()) {
        List<Double> seconds = new ArrayList<>();
        int rows = 0;
        for (int i = 0; i < TIMES; i++) {
          long began = System.nanoTime();
          try (ResultSet result = statement.executeQuery(question.with(subjects))) {
            rows = 0;
            while (result.next()) {
              rows++;
            }
          }
          seconds.add((System.nanoTime() - began) / 1e9);
        }
        seconds.sort(null);
        out.printf("%8.3f s  %,9d rows  %s%n", seconds.get(TIMES / 2), rows, question.title());
      }
    }
  }

  private static Map<String, String> subjects(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery(SUBJECTS)) {
      if (!row.next()) {
        throw new IllegalStateException("There is no session that anybody read.");
      }
      Map<String, String> subjects = new LinkedHashMap<>();
      for (String name :
          Arrays.asList(
              "tenant", "session", "person", "at", "from", "to", "first", "last", "turn")) {
        subjects.put(name, row.getString(name));
      }
      return subjects;
    }
  }
}
