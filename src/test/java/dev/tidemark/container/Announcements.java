package dev.tidemark.container;

import dev.tidemark.log.Appended;
import dev.tidemark.wire.EventFrame;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Listens as the delivery does, and remembers. */
@ApplicationScoped
public class Announcements {
  private final Map<Long, List<EventFrame>> bySession = new ConcurrentHashMap<>();

  void appended(@Observes(during = TransactionPhase.AFTER_SUCCESS) Appended event) {
    bySession
        .computeIfAbsent(event.sessionKey(), key -> new CopyOnWriteArrayList<>())
        .addAll(event.events());
  }

  List<EventFrame> of(long sessionKey) {
    return List.copyOf(bySession.getOrDefault(sessionKey, List.of()));
  }
}
