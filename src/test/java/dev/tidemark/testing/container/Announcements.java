package dev.tidemark.testing.container;

import dev.tidemark.log.AppendHint;
import dev.tidemark.log.Appended;
import dev.tidemark.wire.EventFrame;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Observes the announcements of the log as the delivery does, and records them. */
@ApplicationScoped
public class Announcements {
  private final Map<Long, List<EventFrame>> events = new ConcurrentHashMap<>();
  private final Map<Long, List<Long>> heads = new ConcurrentHashMap<>();

  void appended(@Observes Appended event) {
    events
        .computeIfAbsent(event.sessionKey(), key -> new CopyOnWriteArrayList<>())
        .addAll(event.events());
  }

  void announced(@Observes(during = TransactionPhase.AFTER_SUCCESS) AppendHint event) {
    heads
        .computeIfAbsent(event.sessionKey(), key -> new CopyOnWriteArrayList<>())
        .add(event.head());
  }

  /** The events that the appender announced. */
  public List<EventFrame> events(long sessionKey) {
    return List.copyOf(events.getOrDefault(sessionKey, List.of()));
  }

  /** The heads that container transactions announced. */
  public List<Long> heads(long sessionKey) {
    return List.copyOf(heads.getOrDefault(sessionKey, List.of()));
  }
}
