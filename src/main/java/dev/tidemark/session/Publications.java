package dev.tidemark.session;

import dev.tidemark.log.AppendParticipant;
import dev.tidemark.log.Appender;
import dev.tidemark.log.Draft;
import dev.tidemark.wire.Publication;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Appends what producers bring: an event with an id of theirs once, however often it is sent, while
 * it is retained. The look for an earlier copy, the event and its id are one transaction under the
 * session's lock.
 */
@ApplicationScoped
public class Publications implements AppendParticipant<Publications.Key> {
  @Inject Appender appender;

  /**
   * An event that is in the log.
   *
   * @param duplicate whether it was there before, and nothing was done now
   */
  public record Receipt(long cursor, UUID eventId, boolean duplicate) {}

  /** What makes an event unique. */
  record Key(long sessionKey, UUID eventId) {}

  /** Refuses a copy: the first one is in the log. */
  private static final class AlreadyPublishedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final long cursor;

    AlreadyPublishedException(long cursor) {
      super(null, null, false, false);
      this.cursor = cursor;
    }
  }

  /**
   * Appends an event, and waits until it is durable.
   *
   * @param source the producer
   * @throws dev.tidemark.log.PayloadTooLargeException if it is larger than an event may be
   * @throws dev.tidemark.log.LogBusyException if the log can take no more for the moment
   */
  public Receipt publish(long sessionKey, String source, Publication publication) {
    String data = publication.data().toString();
    if (publication.eventId().isEmpty()) {
      Draft draft = Draft.of(publication.type(), source, data);
      long cursor = append(sessionKey, draft, null, null);
      return new Receipt(cursor, draft.eventId(), false);
    }
    UUID eventId = publication.eventId().get();
    Draft draft = new Draft(eventId, publication.type(), source, Optional.empty(), data);
    try {
      long cursor = append(sessionKey, draft, this, new Key(sessionKey, eventId));
      return new Receipt(cursor, eventId, false);
    } catch (AlreadyPublishedException earlier) {
      return new Receipt(earlier.cursor, eventId, true);
    }
  }

  private long append(
      long sessionKey, Draft draft, AppendParticipant<Key> appendParticipant, Key key) {
    return appender
        .appendAndWait(sessionKey, List.of(draft), appendParticipant, key)
        .get(0)
        .cursor();
  }

  /** Two copies in one batch: the second waits for the next, to be told where the first one is. */
  @Override
  public List<Verdict> judge(Connection connection, List<Key> keys) throws SQLException {
    long[] cursors = PublicationSql.cursorsOf(connection, keys);
    Set<Key> seen = new HashSet<>();
    List<Verdict> verdicts = new ArrayList<>(keys.size());
    for (int i = 0; i < cursors.length; i++) {
      if (cursors[i] > 0) {
        verdicts.add(Verdict.refuse(new AlreadyPublishedException(cursors[i])));
      } else {
        verdicts.add(seen.add(keys.get(i)) ? Verdict.GO : Verdict.AGAIN);
      }
    }
    return verdicts;
  }

  @Override
  public void write(Connection connection, List<Written<Key>> written) throws SQLException {
    PublicationSql.insert(connection, written);
  }
}
