package dev.tidemark.tools.fuzz;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code mvn -Pfuzz}: hostile frames and calls in numbers, made from a seed. */
public final class Fuzz {
  private Fuzz() {}

  /**
   * Ends with status 1 where anything has failed.
   *
   * @param arguments none; see {@link FuzzOptions}
   */
  public static void main(String[] arguments) throws InterruptedException {
    PrintStream terminal =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    List<String> faults;
    try {
      faults = new FuzzRun(FuzzOptions.from(System.getProperties()), terminal).run();
    } catch (IllegalArgumentException e) {
      terminal.println(e.getMessage());
      faults = List.of(e.getMessage());
    }
    System.exit(faults.isEmpty() ? 0 : 1);
  }
}
