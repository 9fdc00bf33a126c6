package dev.tidemark.tools.fill;

import java.io.Console;

/** Tells whether the output goes to a terminal. */
final class Terminals {
  private Terminals() {}

  @SuppressWarnings("SystemConsoleNull") // told apart below
  static boolean isOne() {
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
