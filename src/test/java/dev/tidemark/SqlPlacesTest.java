package dev.tidemark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** SQL is only in classes whose names end in {@code Sql}, where it is easy to find. */
final class SqlPlacesTest {
  private static final Path SOURCES =
      Path.of(System.getProperty("basedir", "."), "src/main/java/dev/tidemark");

  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|(?m)^\\s*//.*$");

  private static final Pattern LITERAL =
      Pattern.compile("\"\"\"(?s:(.*?))\"\"\"|\"((?:[^\"\\\\\\n]|\\\\.)*)\"");

  /** The beginning of a statement, or a table or function of the schema within one. */
  private static final Pattern SQL =
      Pattern.compile(
          "^[\\s;()]*(select|insert into|update|delete from|with|set (local|transaction)|listen|notify|commit)\\b"
              + "|\\b(from|join|into|update) (tidemark|pg_catalog)\\.");

  /** A query about entities, whose names begin with a capital letter. */
  private static final Pattern JPQL = Pattern.compile("\\bfrom [A-Z]");

  @Test
  void onlyClassesForSqlHoldSql() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path source : sources()) {
      String name = source.getFileName().toString();
      // ReaderRole alone holds the statements that enter and leave the role.
      if (!name.endsWith("Sql.java") && !name.equals("ReaderRole.java")) {
        statements(Files.readString(source)).forEach(sql -> found.add(name + ": " + sql));
      }
    }
    assertEquals(
        List.of(),
        found,
        "Move the statement into the *Sql class of its tables, so that a reader of the database finds"
            + " it. Only queries about entities stay where they are asked.");
  }

  @Test
  void aClassForSqlHoldsSql() throws IOException {
    List<String> without = new ArrayList<>();
    for (Path source : sources()) {
      if (source.toString().endsWith("Sql.java")
          && statements(Files.readString(source)).isEmpty()) {
        without.add(source.getFileName().toString());
      }
    }
    assertEquals(List.of(), without, "The name promises SQL.");
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  private static List<String> statements(String source) {
    List<String> statements = new ArrayList<>();
    Matcher literal = LITERAL.matcher(COMMENT.matcher(source).replaceAll(""));
    while (literal.find()) {
      String text = literal.group(1) == null ? literal.group(2) : literal.group(1);
      if (SQL.matcher(text).find() && !JPQL.matcher(text).find()) {
        statements.add(text.strip().lines().findFirst().orElse(""));
      }
    }
    return statements;
  }
}
