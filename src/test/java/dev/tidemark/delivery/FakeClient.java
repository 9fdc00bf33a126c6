package dev.tidemark.delivery;

import dev.tidemark.wire.EncodedFrame;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;

/** A client in memory, with a window of messages that the test empties. */
final class FakeClient implements ClientSink {
  private final List<String> messages = new ArrayList<>();
  private final int windowMessages;
  private int inFlight;
  private boolean keeps = true;
  private boolean gone;

  /** Runs within the next send, once. */
  private Runnable duringSend = () -> {};

  FakeClient(int windowMessages) {
    this.windowMessages = windowMessages;
  }

  void duringNextSend(Runnable action) {
    duringSend = action;
  }

  @Override
  public boolean hasRoom() {
    return inFlight < windowMessages;
  }

  @Override
  public void send(EncodedFrame message) {
    inFlight++;
    messages.add(message.text());
    Runnable action = duringSend;
    duringSend = () -> {};
    action.run();
  }

  @Override
  public boolean hasMemoryFor(long bytes) {
    return true;
  }

  @Override
  public boolean mayKeep(long bytes) {
    return bytes == 0 || keeps;
  }

  /** From now on the node has no memory to spare for events that are read and not sent. */
  void keepNothing() {
    keeps = false;
  }

  @Override
  public boolean takeForSnapshot(long bytes) {
    return true;
  }

  @Override
  public void snapshotSent() {}

  @Override
  public int inFlight() {
    return inFlight;
  }

  @Override
  public void sessionGone() {
    gone = true;
  }

  /** Completes all sends in flight. */
  void readAll() {
    inFlight = 0;
  }

  boolean isGone() {
    return gone;
  }

  /** The messages since the last call, as they were sent. */
  List<String> messages() {
    List<String> taken = List.copyOf(messages);
    messages.clear();
    return taken;
  }

  /** The frames since the last call: their type and cursor. */
  List<String> frames() {
    return messages().stream().flatMap(String::lines).map(FakeClient::describe).toList();
  }

  private static String describe(String frame) {
    JsonObject json = Json.createReader(new StringReader(frame)).readObject();
    String type = json.getString("type");
    return switch (type) {
      case "replay_complete" -> type + " " + json.getInt("cursor");
      case "snapshot" -> type + " " + json.getString("reason") + " " + json.getInt("event_cursor");
      case "replay" ->
          json.containsKey("from_seq")
              ? type + " " + json.getInt("from_seq") + "-" + json.getInt("seq")
              : type + " " + json.getInt("seq");
      default -> type + " " + json.getInt("seq");
    };
  }
}
