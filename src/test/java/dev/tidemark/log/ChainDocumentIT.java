package dev.tidemark.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.wire.EventFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The layout of the chain is documented once; the document, the database and the code agree. */
final class ChainDocumentIT {
  private static final Pattern EXAMPLE =
      Pattern.compile(
          "```bash\n(field\\(\\).*?)```\nwhich prints\n```\n(.*?)\n```", Pattern.DOTALL);

  /** A call of {@code chain}: the hash before, then fields 2 to 10. */
  private static final Pattern CALL =
      Pattern.compile("\\$\\(chain ((?:\\\\\n|[^\n])*)\\)$", Pattern.MULTILINE);

  private static final Pattern WORD = Pattern.compile("'([^']*)'|([^\\s\\\\]+)");

  private static final int FIELDS = 10;

  @Test
  void theExampleComesOutAsItIsPrinted() throws Exception {
    assertEquals(printed(), outputOf(script()));
  }

  @Test
  void theExampleIsTheChainThatTheDatabaseVerifies() throws IOException {
    Connection connection = SchemaDatabase.fresh().as("postgres");
    List<String> hashes = new ArrayList<>();
    String previous = "00".repeat(32);
    for (List<String> fields : events()) {
      previous =
          (String)
              SchemaDatabase.one(
                  connection,
                  """
                  select encode(tidemark.event_hash(decode(?, 'hex'), cast(? as uuid), ?, cast(? as bigint), cast(? as uuid),
                    ?, ?, cast(nullif(?, '') as uuid), cast(? as timestamptz), ?), 'hex')
                  """,
                  previous,
                  fields.get(1),
                  fields.get(2),
                  fields.get(3),
                  fields.get(4),
                  fields.get(5),
                  fields.get(6),
                  fields.get(7),
                  fields.get(8),
                  fields.get(9));
      hashes.add(previous);
    }
    assertEquals(printed(), hashes);
  }

  @Test
  void theExampleIsTheChainThatAnAppendComputes() throws IOException {
    List<String> hashes = new ArrayList<>();
    byte[] previous = new byte[32];
    for (List<String> fields : events()) {
      Instant at = Instant.parse(fields.get(8));
      Head head = new Head(1, fields.get(2), hashes.size(), 1, previous, 1, fields.get(1), at);
      String turnId = fields.get(7).isEmpty() ? null : fields.get(7);
      EventFrame event =
          new EventFrame(
              Long.parseLong(fields.get(3)),
              fields.get(4),
              fields.get(5),
              fields.get(6),
              turnId,
              at,
              fields.get(9));
      previous = new Chain(Chain.sha256(), head, fields.get(8)).next(event);
      hashes.add(HexFormat.of().formatHex(previous));
    }
    assertEquals(printed(), hashes);
  }

  private static String script() throws IOException {
    return example().group(1);
  }

  private static List<String> printed() throws IOException {
    return example().group(2).lines().toList();
  }

  /** The ten fields of each event of the example as the script has them. */
  private static List<List<String>> events() throws IOException {
    List<List<String>> events =
        CALL.matcher(script())
            .results()
            .map(
                call ->
                    WORD.matcher(call.group(1))
                        .results()
                        .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
                        .toList())
            .toList();
    assertEquals(2, events.size());
    events.forEach(fields -> assertEquals(FIELDS, fields.size(), fields::toString));
    return events;
  }

  private static MatchResult example() throws IOException {
    String document =
        Files.readString(Path.of(System.getProperty("basedir", ""), "docs", "audit.md"));
    return EXAMPLE.matcher(document).results().findFirst().orElseThrow();
  }

  private static List<String> outputOf(String script) throws IOException, InterruptedException {
    Process bash =
        new ProcessBuilder("bash", "-eu", "-c", script).redirectErrorStream(true).start();
    String output = new String(bash.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, bash.waitFor(), output);
    return output.lines().toList();
  }
}
