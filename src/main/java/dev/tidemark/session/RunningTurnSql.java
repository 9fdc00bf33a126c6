package dev.tidemark.session;

import dev.tidemark.wire.EventTypes;
import dev.tidemark.wire.JsonModel;
import dev.tidemark.wire.RunningTurn;
import jakarta.json.JsonObject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Reads the running turn of a session and folds its output so far from its events, including those
 * below the floor.
 */
final class RunningTurnSql {
  private RunningTurnSql() {}

  static Optional<RunningTurn> read(EntityManager entities, long sessionKey) {
    List<Tuple> running =
        entities
            .unwrap(org.hibernate.Session.class)
            .createNativeQuery(
                """
                select turn_id, message_id, started_cursor from tidemark.turn
                where session_key = :key and status = 'running'""",
                Tuple.class)
            .setParameter("key", sessionKey)
            .getResultList()
            .stream()
            .map(Tuple.class::cast)
            .toList();
    return running.stream()
        .findFirst()
        .map(
            turn ->
                fold(
                    entities,
                    sessionKey,
                    turn.get(0, UUID.class),
                    turn.get(1, String.class),
                    turn.get(2, Long.class)));
  }

  private static RunningTurn fold(
      EntityManager entities, long sessionKey, UUID turnId, String messageId, long startedCursor) {
    StringBuilder content = new StringBuilder();
    Map<String, JsonObject> calls = new LinkedHashMap<>();
    entities
        .createQuery(
            """
            select e.type, e.payload from EventRow e
            where e.sessionKey = :key and e.cursor >= :started and e.turnId = :turn order by e.cursor""",
            Tuple.class)
        .setParameter("key", sessionKey)
        .setParameter("started", startedCursor)
        .setParameter("turn", turnId)
        .getResultStream()
        .forEach(
            event ->
                add(
                    event.get(0, String.class),
                    JsonModel.parse(event.get(1, String.class)).asJsonObject(),
                    content,
                    calls));
    List<String> callTexts = new ArrayList<>();
    calls.values().forEach(call -> callTexts.add(call.toString()));
    return new RunningTurn(turnId.toString(), messageId, "running", content.toString(), callTexts);
  }

  private static void add(
      String type, JsonObject data, StringBuilder content, Map<String, JsonObject> calls) {
    switch (type) {
      case EventTypes.TOKEN_STREAM -> content.append(data.getString("content"));
      case EventTypes.TOOL_CALL_STREAM -> calls.put(data.getString("call_id"), data);
      case EventTypes.TOOL_RESULT_STREAM ->
          calls.computeIfPresent(
              data.getString("call_id"),
              (id, call) -> JsonModel.object(call).add("result", data.get("result")).build());
      default -> {
        // Other events of a turn add nothing to its output.
      }
    }
  }
}
