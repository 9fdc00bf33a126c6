package dev.tidemark.tools.bench.bare;

import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.io.StringReader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Pushes prepared frames: {@code {"frames":n,"bytes":b,"session":s}} to the client that asks, or
 * {@code {"events":n,"bytes":b,"every_millis":m}} one by one to all clients. The frames look like
 * the gateway's.
 */
@ServerEndpoint("/push")
public class BareEndpoint {
  private static final Set<Session> ALL = ConcurrentHashMap.newKeySet();

  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-background")
  ManagedExecutorService executor;

  @OnOpen
  public void open(Session session) {
    ALL.add(session);
  }

  @OnClose
  public void close(Session session) {
    ALL.remove(session);
  }

  @OnMessage
  public void push(Session session, String text) {
    JsonObject wishes = parsed(text);
    if (wishes.containsKey("events")) {
      executor.execute(() -> pushToAll(wishes));
    } else {
      push(
          session,
          Frames.kept(wishes.getInt("session"), wishes.getInt("frames"), wishes.getInt("bytes")));
    }
  }

  private static void pushToAll(JsonObject wishes) {
    for (int event = 1; event <= wishes.getInt("events"); event++) {
      String[] frame = Frames.now(event, wishes.getInt("bytes"));
      ALL.forEach(receiver -> push(receiver, frame));
      LockSupport.parkNanos(wishes.getInt("every_millis") * 1_000_000L);
    }
  }

  private static void push(Session to, String[] frames) {
    new Push(to.getAsyncRemote(), frames).go();
  }

  private static JsonObject parsed(String text) {
    try (JsonReader reader = Json.createReader(new StringReader(text))) {
      return reader.readObject();
    }
  }
}
