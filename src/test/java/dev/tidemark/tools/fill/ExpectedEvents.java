package dev.tidemark.tools.fill;

import static dev.tidemark.tools.fill.ResultRows.row;
import static java.util.stream.Collectors.groupingBy;

import dev.tidemark.wire.EventTypes;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Expected results about messages, turns and events, from the generated data. */
final class ExpectedEvents {
  private final MonthDataset dataset;
  private final QuestionSubjects subjects;

  ExpectedEvents(MonthDataset dataset, QuestionSubjects subjects) {
    this.dataset = dataset;
    this.subjects = subjects;
  }

  List<List<Object>> inASession() {
    return dataset.events(subjects.session).stream()
        .filter(e -> e.cursor() >= subjects.first && e.cursor() <= subjects.last)
        .filter(e -> !EventTypes.isDelta(e.type()))
        .map(e -> row(e.cursor(), e.at(), e.type(), e.source(), e.payload()))
        .toList();
  }

  List<List<Object>> messages() {
    return dataset.messages(subjects.session).stream()
        .map(m -> row(m.cursor(), m.at(), m.sender(), m.role(), text(m.contentJson())))
        .toList();
  }

  List<List<Object>> whoWrote() {
    Map<String, List<Dataset.Message>> bySender =
        dataset.messages(subjects.session).stream()
            .collect(groupingBy(Dataset.Message::sender, TreeMap::new, Collectors.toList()));
    return bySender.values().stream()
        .sorted(Comparator.comparingInt(m -> -m.size()))
        .map(
            m ->
                row(
                    m.get(0).sender(),
                    m.get(0).role(),
                    m.size(),
                    m.stream()
                        .map(x -> text(x.contentJson()))
                        .mapToLong(x -> x.codePointCount(0, x.length()))
                        .sum(),
                    m.get(0).at(),
                    m.get(m.size() - 1).at()))
        .toList();
  }

  /** Joins the text from its tokens, whether it is complete or not. */
  List<List<Object>> textOf(Dataset.Turn turn) {
    String text =
        eventsOf(turn).stream()
            .filter(e -> e.type().equals(EventTypes.TOKEN_STREAM))
            .map(e -> parsed(e.payload()).getString("content"))
            .collect(Collectors.joining());
    return List.of(row(turn.status(), turn.status().equals("completed"), text));
  }

  List<List<Object>> steps() {
    List<List<Object>> rows = new ArrayList<>();
    Long before = null;
    for (Dataset.Event e : eventsOf(subjects.turn)) {
      rows.add(
          row(e.cursor(), e.at(), before == null ? null : e.at() - before, e.type(), e.payload()));
      before = e.at();
    }
    return rows;
  }

  List<List<Object>> states() {
    return dataset.events(subjects.session).stream()
        .filter(e -> e.type().equals(EventTypes.STATE_UPDATE))
        .map(
            e ->
                row(
                    e.cursor(),
                    e.at(),
                    e.source(),
                    e.turnId(),
                    e.payload().substring("{\"patch\":".length(), e.payload().length() - 1)))
        .toList();
  }

  List<List<Object>> around() {
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < dataset.all.events.size(); i++) {
      Dataset.Event e = dataset.all.events.get(i);
      if (Math.abs(e.at() - subjects.at) <= Times.MINUTE) {
        rows.add(
            row(
                i + 1,
                e.at(),
                e.session().tenant,
                e.session().id,
                e.cursor(),
                e.type(),
                e.source()));
      }
    }
    return rows;
  }

  List<List<Object>> tools() {
    Map<String, List<Dataset.Event>> byName =
        dataset
            .events(subjects.from, subjects.to)
            .filter(e -> e.type().equals(EventTypes.TOOL_CALL_STREAM))
            .collect(
                groupingBy(
                    e -> parsed(e.payload()).getString("name"), TreeMap::new, Collectors.toList()));
    return byName.entrySet().stream()
        .sorted(Comparator.comparingInt(t -> -t.getValue().size()))
        .map(
            t ->
                row(
                    t.getKey(),
                    t.getValue().size(),
                    t.getValue().stream().map(Dataset.Event::session).distinct().count()))
        .toList();
  }

  List<List<Object>> unfinished() {
    Map<UUID, Dataset.Event> ends =
        dataset.all.events.stream()
            .filter(
                e ->
                    List.of(EventTypes.ABORTED, EventTypes.TURN_FAILED, EventTypes.TURN_INTERRUPTED)
                        .contains(e.type()))
            .collect(Collectors.toMap(Dataset.Event::turnId, e -> e));
    return ended()
        .filter(t -> !t.status().equals("completed"))
        .sorted(
            Comparator.comparingLong(Dataset.Turn::endedAt).thenComparing(t -> t.id().toString()))
        .map(
            t ->
                row(
                    t.endedAt(),
                    t.session().tenant,
                    t.session().id,
                    t.id(),
                    t.session().agent,
                    t.attempt(),
                    t.status(),
                    parsed(ends.get(t.id()).payload()).getString("reason")))
        .toList();
  }

  List<List<Object>> durations() {
    Map<String, List<Dataset.Turn>> byAgent =
        ended().collect(groupingBy(t -> t.session().agent, TreeMap::new, Collectors.toList()));
    return byAgent.entrySet().stream()
        .map(
            a -> {
              List<Dataset.Turn> turns = a.getValue();
              return row(
                  a.getKey(),
                  turns.size(),
                  MonthDataset.percentile(turns, t -> t.endedAt() - t.startedAt(), 0.5),
                  MonthDataset.percentile(turns, t -> t.endedAt() - t.startedAt(), 0.95),
                  MonthDataset.percentile(turns, t -> t.endedAt() - t.startedAt(), 1),
                  MonthDataset.percentile(turns, t -> t.startedAt() - t.queuedAt(), 1));
            })
        .toList();
  }

  private Stream<Dataset.Turn> ended() {
    return dataset.all.turns.stream()
        .filter(t -> t.endedAt() >= subjects.from && t.endedAt() < subjects.to);
  }

  private List<Dataset.Event> eventsOf(Dataset.Turn turn) {
    return dataset.events(turn.session()).stream()
        .filter(e -> turn.id().equals(e.turnId()))
        .toList();
  }

  private static String text(String json) {
    return Json.createReader(new StringReader("[" + json + "]")).readArray().getString(0);
  }

  private static JsonObject parsed(String json) {
    return Json.createReader(new StringReader(json)).readObject();
  }
}
