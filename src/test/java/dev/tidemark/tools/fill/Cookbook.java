package dev.tidemark.tools.fill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The questions of docs/audit.md: each is a heading of the third level below the second-level
 * heading "Questions", with one block of SQL, in which psql's variables stand for the subjects.
 */
final class Cookbook {
  private static final Pattern QUESTION =
      Pattern.compile("^### (.+?)\\n(.*?)(?=^###|\\z)", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern SQL = Pattern.compile("```sql\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern VARIABLE = Pattern.compile("(?<!:):'(\\w+)'");

  private Cookbook() {}

  /**
   * A question and its SQL.
   *
   * @param sql one statement, with psql's variables
   */
  record Question(String title, String sql) {
    /** Fills in the variables as psql does: as quoted literals. */
    String with(Map<String, String> variables) {
      return VARIABLE
          .matcher(sql)
          .replaceAll(
              found -> {
                String value = variables.get(found.group(1));
                if (value == null) {
                  throw new IllegalArgumentException(
                      title + ": nothing is known of :'" + found.group(1) + "'");
                }
                return Matcher.quoteReplacement("'" + value.replace("'", "''") + "'");
              });
    }
  }

  static List<Question> questions() {
    Path page = Path.of(System.getProperty("basedir", ""), "docs", "audit.md");
    String text;
    try {
      text = Files.readString(page);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int begin = text.indexOf("\n## Questions");
    if (begin < 0) {
      throw new IllegalStateException("docs/audit.md has no section 'Questions'.");
    }
    List<Question> questions = new ArrayList<>();
    Matcher question = QUESTION.matcher(text.substring(begin, text.indexOf("\n## ", begin + 1)));
    while (question.find()) {
      Matcher sql = SQL.matcher(question.group(2));
      if (!sql.find()) {
        throw new IllegalStateException("'" + question.group(1) + "' has no SQL.");
      }
      questions.add(new Question(question.group(1), sql.group(1).strip().replaceAll(";$", "")));
    }
    return questions;
  }
}
