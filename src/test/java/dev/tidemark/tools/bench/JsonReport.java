package dev.tidemark.tools.bench;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.json.JsonWriter;
import jakarta.json.stream.JsonGenerator;
import java.io.StringWriter;
import java.util.Map;

/** The run as JSON. */
final class JsonReport {
  private JsonReport() {}

  static String of(BenchRun benchRun) {
    JsonArrayBuilder rows = Json.createArrayBuilder();
    benchRun.results().forEach(result -> rows.add(row(result)));
    StringWriter text = new StringWriter();
    try (JsonWriter writer =
        Json.createWriterFactory(Map.of(JsonGenerator.PRETTY_PRINTING, true)).createWriter(text)) {
      writer.writeObject(
          Json.createObjectBuilder()
              .add("finished_at", benchRun.finishedAt().toString())
              .add("machine", benchRun.machine())
              .add("database", benchRun.database())
              .add("rows", rows)
              .build());
    }
    return text + "\n";
  }

  private static JsonObjectBuilder row(Result result) {
    JsonObjectBuilder row =
        Json.createObjectBuilder()
            .add("case", result.row().id())
            .add("title", result.row().title())
            .add("figure", series(result.figure()));
    result.limit().ifPresent(limit -> row.add("limit", series(limit)));
    JsonArrayBuilder curve = Json.createArrayBuilder();
    for (Result.Point point : result.curve()) {
      curve.add(Json.createArrayBuilder().add(point.x()).add(point.y()));
    }
    return row.add("limit_is", result.row().limit())
        .add("value", result.value())
        .add("target", result.row().target().toString())
        .add("reached", result.isReached())
        .add(
            "load_generator_share",
            result.share() == Result.IDLE ? JsonValue.NULL : Json.createValue(result.share()))
        .add("notes", Json.createArrayBuilder(result.notes()))
        .add("curve", curve);
  }

  private static JsonObjectBuilder series(Series series) {
    return Json.createObjectBuilder()
        .add("what", series.what())
        .add("unit", series.unit())
        .add("median", series.median())
        .add("runs", Json.createArrayBuilder(series.runs()));
  }
}
