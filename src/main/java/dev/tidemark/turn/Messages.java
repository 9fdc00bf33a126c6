package dev.tidemark.turn;

import dev.tidemark.config.Settings;
import dev.tidemark.config.TurnSettings;
import dev.tidemark.log.Appender;
import dev.tidemark.log.Draft;
import dev.tidemark.log.IdempotentParticipant;
import dev.tidemark.log.Sender;
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
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/**
 * Accepts the messages of clients: each once, however often it is sent (R10). The check for an
 * earlier copy, the event, the message and the turn that answers it are one transaction under the
 * session's lock.
 *
 * <p>A message's text is encoded once, in {@link Said}, and stored twice: in the payload of its
 * event, for replay, and in a row of its own, which snapshots need after a purge.
 */
@ApplicationScoped
public class Messages implements IdempotentParticipant<Messages.Said> {
  @Inject Appender appender;
  @Inject Settings settings;
  @Inject Event<TurnQueued> queued;

  private final Acknowledged acknowledged = new Acknowledged();

  /**
   * A message that is in the log.
   *
   * @param duplicate whether the message was there before, and nothing was appended now
   */
  public record Receipt(String messageId, long cursor, boolean duplicate) {}

  /** A message on its way into the log. */
  record Said(MessageSql.Key key, String tenant, String agentId, String content, String metadata) {
    Sender sender() {
      return new Sender(tenant, key.sender());
    }
  }

  /**
   * Records a message and queues a turn for it. Does not wait.
   *
   * @param messageId sender's own id of the message, unique within the session and the sender
   * @return completed when the message is durable, on a thread that must not be held up; fails with
   *     {@link TooManyTurnsException} if too many of the sender's messages wait
   * @throws dev.tidemark.log.PayloadTooLargeException if the message is larger than an event may be
   * @throws dev.tidemark.log.LogBusyException if the log can take no more for the moment
   */
  public CompletionStage<Receipt> accept(
      Session session, String sender, String messageId, JsonValue content, JsonObject metadata) {
    MessageSql.Key key = new MessageSql.Key(session.sessionKey(), sender, messageId);
    Said said =
        new Said(key, session.tenant(), session.agentId(), content.toString(), metadata.toString());
    Draft draft = Draft.of(EventTypes.MESSAGE, sender, Payloads.message(said));
    return appender
        .appendOnce(new Sender(session.tenant(), sender), session.sessionKey(), draft, this, said)
        .thenApply(appended -> new Receipt(messageId, appended.cursor(), appended.duplicate()));
  }

  /** Removes and returns when this node acknowledged a message, if it did. */
  OptionalLong takeAcknowledged(Turn turn) {
    return acknowledged.take(turn.sessionKey, turn.messageCursor);
  }

  @Override
  public Object keyOf(Said said) {
    return said.key();
  }

  @Override
  public long[] earlierCopies(Connection connection, List<Said> all) throws SQLException {
    return MessageSql.cursorsOf(connection, all.stream().map(Said::key).toList());
  }

  @Override
  public void write(Connection connection, List<Written<Said>> written) throws SQLException {
    MessageSql.insert(connection, written.stream().map(Messages::row).toList());
    TurnQueueSql.queue(connection, written);
  }

  /**
   * Refuses what exceeds the sender's queue, which is counted over all sessions and nodes. Only
   * messages that are committed at the same moment by other writers are not counted.
   */
  @Override
  public List<Verdict> judge(Connection connection, List<Said> all) throws SQLException {
    List<Verdict> verdicts = new ArrayList<>(IdempotentParticipant.super.judge(connection, all));
    int max = settings.get(TurnSettings.QUEUED_OF_SENDER);
    Map<Sender, Integer> queuedTurns =
        TurnQueueSql.count(connection, all.stream().map(Said::sender).distinct().toList(), max);
    for (int i = 0; i < verdicts.size(); i++) {
      if (verdicts.get(i).equals(Verdict.GO)
          && queuedTurns.merge(all.get(i).sender(), 1, Integer::sum) > max) {
        verdicts.set(i, Verdict.refuse(new TooManyTurnsException(max)));
      }
    }
    return verdicts;
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
    written.forEach(one -> acknowledged.note(one.sessionKey(), one.events().get(0).cursor()));
    written.stream()
        .map(one -> new TurnQueued(one.sessionKey(), one.subject().sender()))
        .distinct()
        .forEach(queued::fire);
  }
}
