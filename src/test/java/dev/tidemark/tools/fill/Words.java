package dev.tidemark.tools.fill;

import java.util.List;

/** The texts of people and agents: nothing much, but in all sorts of characters. */
final class Words {
  private static final List<String> WORDS =
      List.of(
          "the",
          "tide",
          "log",
          "cursor",
          "was",
          "written",
          "before",
          "it",
          "is",
          "sent",
          "and",
          "then",
          "a",
          "harbour",
          "keeps",
          "every",
          "wave",
          "invoice",
          "quarter",
          "réglé",
          "übrig",
          "\"quoted\"",
          "C:\\temp",
          "server",
          "budget",
          "review",
          "which",
          "of",
          "them",
          "naïve",
          "日本",
          "deploy",
          "tests",
          "pass",
          "😀",
          "line\nbreak",
          "tab\there",
          "contract",
          "clause",
          "seven",
          "draft",
          "please",
          "summary",
          "in",
          "on");
  static final List<String> TOPICS =
      List.of("invoices", "deployment", "contract", "budget", "travel", "incident", "hiring");

  private Words() {}

  static String sentence(SeededRandom random, int words) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      text.append(i == 0 ? "" : " ").append(random.oneOf(WORDS));
    }
    return text.toString();
  }

  /** A piece of an answer, with the space behind it. */
  static String token(SeededRandom random) {
    return random.oneOf(WORDS) + " ";
  }
}
