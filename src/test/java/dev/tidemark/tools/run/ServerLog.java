package dev.tidemark.tools.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The part of a server's output that a person at the terminal wants to read. */
record ServerLog(List<String> lines) {

  private static final int TAIL_LINES = 60;

  /** The beginning of a message: time and level, perhaps in color. */
  private static final Pattern LEVEL =
      Pattern.compile("(?:\\u001b\\[[\\d;]*m)?[\\d:,]+ +(?:TRACE|DEBUG|INFO|WARN|ERROR|FATAL) ");

  static ServerLog of(Path console) {
    try {
      return new ServerLog(
          new String(Files.readAllBytes(console), StandardCharsets.UTF_8).lines().toList());
    } catch (IOException e) {
      return new ServerLog(List.of("(no log: " + e.getMessage() + ")"));
    }
  }

  /** The last lines, without the frames of stack traces. */
  String tail() {
    List<String> telling = lines.stream().filter(ServerLog::isTelling).toList();
    return String.join(
        "\n", telling.subList(Math.max(0, telling.size() - TAIL_LINES), telling.size()));
  }

  /** The message at the bottom of the newest stack trace. */
  Optional<String> rootCause() {
    return lines.stream()
        .map(String::strip)
        .filter(line -> line.startsWith("Caused by: "))
        .reduce((earlier, later) -> later)
        .map(line -> line.replaceFirst("^Caused by: (?:[\\w.$]+: )?", ""))
        .map(line -> line.replaceFirst("\"}+$", "")); // where it is quoted in a status report
  }

  /** The first lines of all messages that are errors, or warnings with a stack trace. */
  List<String> troubles() {
    List<String> troubles = new ArrayList<>();
    String warning = null;
    for (String line : lines) {
      if (LEVEL.matcher(line).lookingAt()) {
        warning = line.contains(" WARN ") ? line : null;
        if (line.contains(" ERROR ") || line.contains(" FATAL ")) {
          troubles.add(line);
        }
      } else if (warning != null && line.startsWith("\tat ")) {
        troubles.add(warning);
        warning = null;
      }
    }
    return troubles;
  }

  private static boolean isTelling(String line) {
    return !line.startsWith("\tat ") && !line.startsWith("\t... ");
  }
}
