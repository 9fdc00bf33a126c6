package dev.tidemark.session;

import dev.tidemark.wire.EventTypes;
import dev.tidemark.wire.RunningTurn;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.hibernate.query.NativeQuery;

/**
 * Reads the running turn of a session and folds its output so far from its events, including those
 * below the floor. The database joins the tokens, which may be very many, and leaves out the oldest
 * tool calls where all of them would be too large.
 */
final class RunningTurnSql {
  private static final String RUNNING =
      """
      select turn_id, message_id, started_cursor from tidemark.turn
      where session_key = :key and status = 'running'""";

  private static final String OUTPUT =
      "from tidemark.event e where e.session_key = :key and e.cursor >= :started and e.turn_id = :turn";

  private static final String TOKENS = OUTPUT + " and e.type = '" + EventTypes.TOKEN_STREAM + "'";

  private static final String TOKEN_BYTES =
      "select coalesce(sum(octet_length(e.payload ->> 'content')), 0) " + TOKENS;

  private static final String CONTENT =
      "select coalesce(string_agg(e.payload ->> 'content', '' order by e.cursor), '') " + TOKENS;

  /** The tool calls and results, the newest first, with the sum of the bytes so far. */
  private static final String TOOLS =
      """
      (select e.cursor, e.type, e.payload,
        sum(octet_length(cast(e.payload as text))) over (order by e.cursor desc rows unbounded preceding) as bytes
      """
          + OUTPUT
          + " and e.type in ('%s', '%s')) as tool"
              .formatted(EventTypes.TOOL_CALL_STREAM, EventTypes.TOOL_RESULT_STREAM);

  private static final String TOOL_BYTES =
      "select coalesce(max(bytes) filter (where bytes <= :max), 0), coalesce(max(bytes), 0) from "
          + TOOLS;

  private static final String KEPT_TOOLS =
      "select type, payload ->> 'call_id', cast(payload as text), cast(payload -> 'result' as text) from "
          + TOOLS
          + " where bytes <= :max order by cursor";

  private final EntityManager entities;
  private final long sessionKey;
  private final long maxBytes;
  private final LongConsumer heap;

  /**
   * @param maxBytes the bytes of tool calls that are kept
   * @param heap takes the heap for so many bytes that are about to be read, or throws
   */
  RunningTurnSql(EntityManager entities, long sessionKey, long maxBytes, LongConsumer heap) {
    this.entities = entities;
    this.sessionKey = sessionKey;
    this.maxBytes = maxBytes;
    this.heap = heap;
  }

  Optional<RunningTurn> read() {
    return query(RUNNING, Tuple.class).getResultList().stream()
        .findFirst()
        .map(
            turn ->
                fold(turn.get(0, UUID.class), turn.get(1, String.class), turn.get(2, Long.class)));
  }

  private RunningTurn fold(UUID turnId, String messageId, long startedCursor) {
    Output output = new Output(turnId, startedCursor);
    heap.accept(output.query(TOKEN_BYTES, Long.class).getSingleResult());
    Tuple toolBytes =
        output.query(TOOL_BYTES, Tuple.class).setParameter("max", maxBytes).getSingleResult();
    long kept = toolBytes.get(0, Number.class).longValue();
    heap.accept(kept);
    return new RunningTurn(
        turnId.toString(),
        messageId,
        "running",
        output.query(CONTENT, String.class).getSingleResult(),
        toolCalls(output),
        kept < toolBytes.get(1, Number.class).longValue());
  }

  private List<String> toolCalls(Output output) {
    Map<String, String> calls = new LinkedHashMap<>();
    Map<String, String> results = new LinkedHashMap<>();
    for (Tuple tool :
        output.query(KEPT_TOOLS, Tuple.class).setParameter("max", maxBytes).getResultList()) {
      String callId = tool.get(1, String.class);
      if (tool.get(0, String.class).equals(EventTypes.TOOL_CALL_STREAM)) {
        calls.put(callId, tool.get(2, String.class));
        results.remove(callId);
      } else {
        results.put(callId, tool.get(3, String.class));
      }
    }
    calls.replaceAll((callId, call) -> withResult(call, results.get(callId)));
    return List.copyOf(calls.values());
  }

  /** Adds the result to the text of an object: to parse it could take many times its heap. */
  private static String withResult(String call, String result) {
    return result == null
        ? call
        : call.substring(0, call.lastIndexOf('}')) + ",\"result\":" + result + "}";
  }

  private <T> NativeQuery<T> query(String sql, Class<T> type) {
    return entities
        .unwrap(org.hibernate.Session.class)
        .createNativeQuery(sql, type)
        .setParameter("key", sessionKey);
  }

  /** The events of one turn. */
  private final class Output {
    private final UUID turnId;
    private final long startedCursor;

    Output(UUID turnId, long startedCursor) {
      this.turnId = turnId;
      this.startedCursor = startedCursor;
    }

    <T> NativeQuery<T> query(String sql, Class<T> type) {
      return RunningTurnSql.this
          .query(sql, type)
          .setParameter("turn", turnId)
          .setParameter("started", startedCursor);
    }
  }
}
