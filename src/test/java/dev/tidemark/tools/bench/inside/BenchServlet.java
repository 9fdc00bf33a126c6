package dev.tidemark.tools.bench.inside;

import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Runs commands that need no client within the server: JSON in, JSON out. */
@WebServlet("/api/bench")
public class BenchServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  private transient LogAppends logAppends;
  private transient PlainAppends plainAppends;
  private transient OneByOne oneByOne;
  private transient PacedAppends pacedAppends;
  private transient Events events;

  @Inject
  void use(
      LogAppends theLogAppends,
      PacedAppends thePacedAppends,
      PlainAppends thePlainAppends,
      OneByOne theOneByOne,
      Events theEvents) {
    logAppends = theLogAppends;
    pacedAppends = thePacedAppends;
    plainAppends = thePlainAppends;
    oneByOne = theOneByOne;
    events = theEvents;
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    JsonObject command;
    try (JsonReader reader = Json.createReader(request.getReader())) {
      command = reader.readObject();
    }
    JsonObject result =
        switch (command.getString("command")) {
          case "append" -> logAppends.run(Sessions.of(command), command);
          case "plain" -> plainAppends.run(Sessions.of(command), command);
          case "one-by-one" -> oneByOne.run(Sessions.of(command), command);
          case "paced" -> pacedAppends.run(Sessions.of(command), command);
          case "events" -> events.write(Sessions.of(command), command);
          default -> throw new IllegalArgumentException(command.toString());
        };
    response.setContentType("application/json");
    response.getWriter().write(result.toString());
  }

  /** Sessions with consecutive keys. */
  record Sessions(long firstKey, int count) {
    static Sessions of(JsonObject command) {
      return new Sessions(
          command.getJsonNumber("first_key").longValue(), command.getInt("sessions"));
    }

    long key(long index) {
      return firstKey + index % count;
    }
  }
}
