package dev.tidemark.wire;

import java.util.List;
import java.util.Set;

/**
 * The types of event that the gateway itself writes. A producer may publish others; see {@link
 * EventFrame#requireType}.
 */
public final class EventTypes {
  public static final String MESSAGE = "message";
  public static final String TURN_STARTED = "turn_started";
  public static final String TOKEN_STREAM = "token_stream";
  public static final String REASONING_STREAM = "reasoning_stream";
  public static final String TOOL_CALL_STREAM = "tool_call_stream";
  public static final String TOOL_RESULT_STREAM = "tool_result_stream";
  public static final String STATE_UPDATE = "state_update";
  public static final String RESPONSE = "response";
  public static final String ABORTED = "aborted";
  public static final String TURN_FAILED = "turn_failed";
  public static final String TURN_INTERRUPTED = "turn_interrupted";
  public static final String STREAM_END = "stream_end";
  public static final String SESSION_UPDATE = "session_update";
  public static final String BROADCAST = "broadcast";

  /** All of the above, in the order of a turn, as {@code hello_ok} lists them. */
  static final List<String> ALL =
      List.of(
          MESSAGE,
          TURN_STARTED,
          TOKEN_STREAM,
          REASONING_STREAM,
          TOOL_CALL_STREAM,
          TOOL_RESULT_STREAM,
          STATE_UPDATE,
          RESPONSE,
          ABORTED,
          TURN_FAILED,
          TURN_INTERRUPTED,
          STREAM_END,
          SESSION_UPDATE,
          BROADCAST);

  /** See {@link #isDelta}. An index of the log names them, too; a test holds the two together. */
  public static final Set<String> DELTAS =
      Set.of(TOKEN_STREAM, REASONING_STREAM, TOOL_CALL_STREAM, TOOL_RESULT_STREAM);

  private static final Set<String> FOR_PRODUCERS = Set.of(SESSION_UPDATE, BROADCAST);

  private EventTypes() {}

  /**
   * Refuses types that a producer must not use: invalid ones, and those by which the gateway itself
   * tells of messages, turns and changes of the state.
   *
   * @throws IllegalArgumentException if the type is refused
   */
  public static void requireForProducers(String type) {
    EventFrame.requireType(type);
    if (ALL.contains(type) && !FOR_PRODUCERS.contains(type)) {
      throw new IllegalArgumentException("Events of type '" + type + "' are the gateway's own");
    }
  }

  /**
   * Whether events of this type are pieces of an answer, which do not count in the replay window
   * once the turn is over.
   */
  public static boolean isDelta(String type) {
    return DELTAS.contains(type);
  }
}
