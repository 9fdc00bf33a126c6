package dev.tidemark.tools.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** Hostile clients hurt nobody: a short fuzz, always the same one. {@code mvn -Pfuzz} is longer. */
final class FuzzIT {
  @Test
  void nothingHostileHurtsTheNodeOrTheOthers() throws Exception {
    Properties options = new Properties();
    options.setProperty("fuzz.frames", "4000");
    options.setProperty("fuzz.calls", "400");
    PrintStream terminal =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    List<String> faults = new FuzzRun(FuzzOptions.from(options), terminal).run();
    assertEquals(List.of(), faults);
  }
}
