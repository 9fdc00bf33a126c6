package dev.tidemark.turn;

import dev.tidemark.log.Draft;
import dev.tidemark.log.EventLog;
import dev.tidemark.session.Session;
import dev.tidemark.session.SessionMessages;
import dev.tidemark.session.SessionMessages.Role;
import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.EventTypes;
import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.util.List;
import java.util.Optional;

/** Takes what clients say: each message once, however often it is sent (R10). */
@Stateless
public class Messages {
  @PersistenceContext EntityManager entities;
  @Inject EventLog log;
  @Inject SessionMessages messages;
  @Inject Event<TurnQueued> queued;

  /**
   * A message that is in the log.
   *
   * @param duplicate whether it was there before, and nothing was done now
   */
  public record Receipt(String messageId, long cursor, boolean duplicate) {}

  /**
   * Records a message and queues a turn for it. The session's lock makes the look for an earlier
   * copy and the append one step.
   *
   * @param messageId the sender's own id for this message: unique within the session and the sender
   * @return durable once this call has returned
   * @throws dev.tidemark.log.PayloadTooLargeException if the message is larger than an event may be
   */
  public Receipt accept(
      Session session, String sender, String messageId, JsonValue content, JsonObject metadata) {
    long key = session.sessionKey();
    log.lock(key);
    Optional<Long> earlier = messages.cursorOf(key, sender, messageId);
    if (earlier.isPresent()) {
      return new Receipt(messageId, earlier.get(), true);
    }
    String data = Payloads.message(content, sender, messageId, metadata);
    EventFrame event = log.append(key, List.of(Draft.of(EventTypes.MESSAGE, sender, data))).get(0);
    messages.keep(key, event, Role.USER, messageId, content, metadata);
    entities.persist(Turn.queued(key, event.cursor(), messageId, session.agentId(), 1));
    queued.fire(new TurnQueued(key));
    return new Receipt(messageId, event.cursor(), false);
  }
}
