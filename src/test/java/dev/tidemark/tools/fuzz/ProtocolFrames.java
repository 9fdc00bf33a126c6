package dev.tidemark.tools.fuzz;

import java.util.List;

/**
 * Frames that are well-formed and come in no sensible order: sessions of others, cursors beyond
 * everything, repeated message ids, joins while joining, bad tokens.
 */
final class ProtocolFrames {
  /** The number of sessions that the hostile clients fight for. */
  static final int SESSIONS = 64;

  private static final List<String> SINCE =
      List.of(
          "0",
          "1",
          "7",
          "\"12\"",
          "\"0\"",
          "100000",
          "9223372036854775807",
          "\"9223372036854775807\"",
          "9223372036854775808",
          "-1",
          "1.0",
          "1e3",
          "true",
          "null",
          "\"\"",
          "\"1 \"",
          "[]");
  private static final List<String> EPOCHS =
      List.of("x", "6f1c2f0e-7a35-4b0e-9f63-1d0c1c9a5b11", "\ud83c\udf0a");
  private static final List<String> TOKENS =
      List.of("", "x", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJFUzI1NiJ9.e30.c2ln", "a.b.c.d");
  private static final List<String> AGENTS = List.of("echo", "echo", "echo", "nobody", "");

  private ProtocolFrames() {}

  static String text(Dice dice) {
    int kind = dice.below(100);
    if (kind < 10) {
      return "{\"type\":\"hello\"" + versions(dice) + join(dice) + "}";
    } else if (kind < 40) {
      return "{\"type\":\"join\"" + join(dice) + "}";
    } else if (kind < 64) {
      return message(dice);
    } else if (kind < 72) {
      return "{\"type\":\"abort\"" + (dice.onceIn(2) ? ",\"reason\":\"bored\"" : "") + "}";
    } else if (kind < 79) {
      return "{\"type\":\"leave\"}";
    } else if (kind < 85) {
      return "{\"type\":\"ping\"}";
    } else if (kind < 90) {
      return "{\"type\":\"pong\"}";
    } else if (kind < 97) {
      return "{\"type\":\"auth\",\"token\":\"" + dice.oneOf(TOKENS) + "\"}";
    }
    return "{\"type\":\"" + dice.oneOf("snapshot", "", "joined", "HELLO", "__proto__") + "\"}";
  }

  private static String versions(Dice dice) {
    return dice.onceIn(2)
        ? ""
        : ",\"protocol_min\":" + dice.below(3) + ",\"protocol_max\":" + dice.below(4);
  }

  private static String join(Dice dice) {
    StringBuilder fields = new StringBuilder();
    if (!dice.onceIn(12)) {
      fields.append(",\"session_id\":\"").append(sessionId(dice)).append('"');
    }
    if (!dice.onceIn(3)) {
      fields.append(",\"create\":true");
    }
    if (dice.onceIn(2)) {
      fields.append(",\"since\":").append(dice.oneOf(SINCE));
    }
    if (dice.onceIn(8)) {
      fields.append(",\"epoch\":\"").append(dice.oneOf(EPOCHS)).append('"');
    }
    if (dice.onceIn(8)) {
      fields.append(",\"snapshot\":").append(dice.onceIn(2));
    }
    if (dice.onceIn(6)) {
      fields.append(",\"agent_id\":\"").append(dice.oneOf(AGENTS)).append('"');
    }
    if (dice.onceIn(4)) {
      fields
          .append(",\"capabilities\":")
          .append(
              dice.oneOf("[\"batch\"]", "[\"compact\",\"batch\"]", "[\"teleport\"]", "[]", "[1]"));
    }
    return fields.toString();
  }

  private static String sessionId(Dice dice) {
    int kind = dice.below(40);
    return switch (kind) {
      case 0 -> dice.oneOf("good-before-0", "good-after-1");
      case 1 -> "probe-carol-talks";
      case 2 -> "no such session";
      default -> session(dice);
    };
  }

  /** One of the sessions that hostile clients use. */
  static String session(Dice dice) {
    return "fuzz-" + dice.below(SESSIONS);
  }

  private static String message(Dice dice) {
    StringBuilder frame = new StringBuilder("{\"type\":\"message\",\"content\":");
    frame.append(
        dice.oneOf(
            "\"hi\"", "\"hi there, you\"", "{\"question\":[1,2,{\"a\":null}]}", "\"\"", "{}"));
    if (dice.onceIn(2)) {
      frame.append(",\"message_id\":\"m-").append(dice.below(500)).append('"');
    }
    if (!dice.onceIn(3)) {
      frame.append(",\"metadata\":{\"echo\":{\"token_delay_ms\":").append(dice.below(4));
      frame.append(dice.onceIn(5) ? ",\"fail_after\":1}}" : "}}");
    }
    return frame.append('}').toString();
  }
}
