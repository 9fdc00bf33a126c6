package dev.tidemark.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class RepeatableFilesTest {

  /**
   * Flyway sorts them by description over all folders; {@code install.sh} takes the functions
   * first, because views call them.
   */
  @Test
  void flywayAndPsqlApplyThemInTheSameOrder() {
    List<String> descriptions =
        RepeatableFiles.all().stream().map(RepeatableFilesTest::description).toList();

    assertEquals(descriptions.stream().sorted().distinct().toList(), descriptions);
  }

  @Test
  void everyDefinitionReplacesTheOneBefore() throws IOException {
    for (Path file : RepeatableFiles.all()) {
      List<String> kept =
          Files.readAllLines(file).stream()
              .filter(line -> line.matches("create (?!or replace |schema if not exists ).*"))
              .toList();

      assertEquals(List.of(), kept, file.toString());
    }
  }

  private static String description(Path file) {
    String name = file.getFileName().toString();
    assertTrue(name.matches("R__[a-z_]+\\.sql"), name);
    return name.substring("R__".length(), name.length() - ".sql".length()).replace('_', ' ');
  }
}
