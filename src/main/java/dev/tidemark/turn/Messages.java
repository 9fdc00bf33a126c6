package dev.tidemark.turn;

import dev.tidemark.log.AppendParticipant;
import dev.tidemark.log.Appender;
import dev.tidemark.log.Draft;
import dev.tidemark.session.MessageSql;
import dev.tidemark.session.Session;
import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.EventTypes;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Takes what clients say: each message once, however often it is sent (R10). The look for an
 * earlier copy, the event, the message and the turn that it asks for are one transaction under the
 * session's lock.
 */
@ApplicationScoped
public class Messages implements AppendParticipant<Messages.Said> {
  @Inject Appender appender;
  @Inject Event<TurnQueued> queued;

  /**
   * A message that is in the log.
   *
   * @param duplicate whether it was there before, and nothing was done now
   */
  public record Receipt(String messageId, long cursor, boolean duplicate) {}

  /** A message on its way into the log. */
  record Said(MessageSql.Key key, String agentId, String content, String metadata) {}

  /** Refuses a copy: the first one is in the log. */
  private static final class AlreadySaidException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final long cursor;

    AlreadySaidException(long cursor) {
      super(null, null, false, false);
      this.cursor = cursor;
    }
  }

  /**
   * Records a message and queues a turn for it. Does not wait.
   *
   * @param messageId the sender's own id for this message: unique within the session and the sender
   * @return completed when the message is durable, on a thread that must not be held up
   * @throws dev.tidemark.log.PayloadTooLargeException if the message is larger than an event may be
   * @throws dev.tidemark.log.LogBusyException if the log can take no more for the moment
   */
  public CompletionStage<Receipt> accept(
      Session session, String sender, String messageId, JsonValue content, JsonObject metadata) {
    MessageSql.Key key = new MessageSql.Key(session.sessionKey(), sender, messageId);
    Said said = new Said(key, session.agentId(), content.toString(), metadata.toString());
    Draft draft =
        Draft.of(
            EventTypes.MESSAGE, sender, Payloads.message(content, sender, messageId, metadata));
    return appender
        .append(session.sessionKey(), List.of(draft), this, said)
        .handle(
            (events, failure) ->
                failure == null
                    ? CompletableFuture.completedFuture(
                        new Receipt(messageId, events.get(0).cursor(), false))
                    : copyOf(messageId, failure))
        .thenCompose(receipt -> receipt);
  }

  private static CompletableFuture<Receipt> copyOf(String messageId, Throwable failure) {
    Throwable why = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
    return why instanceof AlreadySaidException earlier
        ? CompletableFuture.completedFuture(new Receipt(messageId, earlier.cursor, true))
        : CompletableFuture.failedFuture(why);
  }

  /** Two copies in one batch: the second waits for the next, to be told where the first one is. */
  @Override
  public List<Verdict> judge(Connection connection, List<Said> all) throws SQLException {
    long[] cursors = MessageSql.cursorsOf(connection, all.stream().map(Said::key).toList());
    Set<MessageSql.Key> seen = new HashSet<>();
    List<Verdict> verdicts = new ArrayList<>(all.size());
    for (int i = 0; i < cursors.length; i++) {
      if (cursors[i] > 0) {
        verdicts.add(Verdict.refuse(new AlreadySaidException(cursors[i])));
      } else {
        verdicts.add(seen.add(all.get(i).key()) ? Verdict.GO : Verdict.AGAIN);
      }
    }
    return verdicts;
  }

  @Override
  public void write(Connection connection, List<Written<Said>> written) throws SQLException {
    MessageSql.insert(connection, written.stream().map(Messages::row).toList());
    QueuedTurnSql.insert(connection, written);
  }

  private static MessageSql.Row row(Written<Said> written) {
    Said said = written.subject();
    EventFrame event = written.events().get(0);
    return new MessageSql.Row(
        said.key(),
        event.cursor(),
        "user",
        said.content(),
        said.metadata(),
        event.timestamp(),
        null);
  }

  @Override
  public void committed(List<Written<Said>> written) {
    written.stream()
        .map(Written::sessionKey)
        .distinct()
        .forEach(sessionKey -> queued.fire(new TurnQueued(sessionKey)));
  }
}
