package dev.tidemark.tools.fill;

import java.io.Console;

/** Tells whether the standard output goes to a terminal. */
final class StandardOutput {
  private StandardOutput() {}

  @SuppressWarnings("SystemConsoleNull") // told apart below
  static boolean isTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      // From Java 22 on there is always a console, and it says so itself.
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
