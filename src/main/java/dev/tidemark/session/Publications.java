package dev.tidemark.session;

import dev.tidemark.config.LogSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.log.Appender;
import dev.tidemark.log.Draft;
import dev.tidemark.log.IdempotentParticipant;
import dev.tidemark.log.Sender;
import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.Publication;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Appends the events of producers. An event with an id from its producer is appended once, however
 * often it is sent, while it is retained.
 */
@ApplicationScoped
public class Publications implements IdempotentParticipant<Publications.Key> {
  @Inject Appender appender;
  @Inject Settings settings;

  /**
   * An event that is in the log.
   *
   * @param duplicate whether the event was there before, and nothing was appended now
   */
  public record Receipt(long cursor, UUID eventId, boolean duplicate) {}

  /** The key that makes an event unique. */
  record Key(long sessionKey, UUID eventId) {}

  /**
   * Appends an event, and waits until it is durable.
   *
   * @param sender the producer, the source of the event
   * @throws dev.tidemark.log.PayloadTooLargeException if it is larger than an event may be
   * @throws dev.tidemark.log.LogBusyException if the log can take no more for the moment
   * @throws dev.tidemark.log.AppendUndecidedException after {@code tidemark.log.publish-millis};
   *     the event may be appended later, and sent again with its id
   */
  public Receipt publish(long sessionKey, Sender sender, Publication publication) {
    String data = publication.data().toString();
    Duration patience = settings.get(LogSettings.PUBLISH_PATIENCE);
    if (publication.eventId().isEmpty()) {
      Draft draft = Draft.of(publication.type(), sender.name(), data);
      EventFrame event = appender.appendAndWait(sender, sessionKey, draft, patience);
      return new Receipt(event.cursor(), draft.eventId(), false);
    }
    UUID eventId = publication.eventId().get();
    Draft draft = new Draft(eventId, publication.type(), sender.name(), Optional.empty(), data);
    var appended =
        appender.appendOnceAndWait(
            sender, sessionKey, draft, this, new Key(sessionKey, eventId), patience);
    return new Receipt(appended.cursor(), eventId, appended.duplicate());
  }

  @Override
  public Object keyOf(Key key) {
    return key;
  }

  @Override
  public long[] earlierCopies(Connection connection, List<Key> keys) throws SQLException {
    return PublicationSql.cursorsOf(connection, keys);
  }

  @Override
  public void write(Connection connection, List<Written<Key>> written) throws SQLException {
    PublicationSql.insert(connection, written);
  }
}
