package dev.tidemark.protocol;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.util.List;

/** The two ways into a session: {@code hello} and {@code join}. */
enum Door {
  HELLO("hello", "hello_ok", "hello_error"),
  JOIN("join", "joined", "error");

  private final String frame;
  private final String welcome;
  private final String refusal;

  Door(String frame, String welcome, String refusal) {
    this.frame = frame;
    this.welcome = welcome;
    this.refusal = refusal;
  }

  static JsonObjectBuilder session(String sessionId) {
    return Json.createObjectBuilder().add("session_id", sessionId);
  }

  static JsonObjectBuilder newSession() {
    return Json.createObjectBuilder();
  }

  /** Sends the frame and returns the refusal that must follow. */
  Frame refused(WireClient client, JsonObjectBuilder fields) {
    Frame answer = knock(client, fields).get(0);
    if (!answer.is(refusal)) {
      throw new AssertionError(this + " was to be refused: " + answer.text());
    }
    return answer;
  }

  /** Sends the frame and returns all frames from the welcome up to {@code replay_complete}. */
  List<Frame> entered(WireClient client, JsonObjectBuilder fields) {
    List<Frame> answer = knock(client, fields);
    if (!answer.get(0).is(welcome)) {
      throw new AssertionError(this + " was to open: " + answer.get(0).text());
    }
    return answer;
  }

  /** As {@link #entered}, but returns only the welcome. */
  Frame enter(WireClient client, JsonObjectBuilder fields) {
    return entered(client, fields).get(0);
  }

  private List<Frame> knock(WireClient client, JsonObjectBuilder fields) {
    int before = client.frames().size();
    client.send(fields.add("type", frame));
    Frame first = client.await("answer to a " + frame, f -> f.is(welcome) || f.is(refusal), before);
    List<Frame> since = client.frames();
    int start = before + since.subList(before, since.size()).indexOf(first);
    if (first.is(refusal)) {
      return List.of(first);
    }
    Frame last = client.await("replay_complete", f -> f.is("replay_complete"), start);
    List<Frame> all = client.frames();
    int end = start + all.subList(start, all.size()).indexOf(last);
    return all.subList(start, end + 1);
  }
}
