package dev.tidemark.log;

import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.Timestamps;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The rows of a batch as column arrays, the form that the statement takes. */
final class AppendColumns {
  private final Long[] keys;
  private final Long[] heads;
  private final List<Head> after;
  private final byte[][] lastHashes;
  private final String[] lastAt;
  private final Long[] eventKeys;
  private final Long[] cursors;
  private final String[] eventIds;
  private final String[] types;
  private final String[] sources;
  private final String[] turnIds;
  private final String[] payloads;
  private final String[] createdAt;
  private final byte[][] hashes;
  private int filled;

  AppendColumns(List<AppendSql.Extension> extensions) {
    int sessions = extensions.size();
    int events = extensions.stream().mapToInt(extension -> extension.drafts().size()).sum();
    keys = new Long[sessions];
    heads = new Long[sessions];
    after = new ArrayList<>(sessions);
    lastHashes = new byte[sessions][];
    lastAt = new String[sessions];
    eventKeys = new Long[events];
    cursors = new Long[events];
    eventIds = new String[events];
    types = new String[events];
    sources = new String[events];
    turnIds = new String[events];
    payloads = new String[events];
    createdAt = new String[events];
    hashes = new byte[events][];
    MessageDigest digest = Chain.sha256();
    for (int i = 0; i < sessions; i++) {
      add(i, extensions.get(i), digest);
    }
  }

  private void add(int session, AppendSql.Extension extension, MessageDigest digest) {
    Head head = extension.head();
    String now = Timestamps.text(head.now());
    Chain chain = new Chain(digest, head, now);
    long cursor = head.cursor();
    for (Draft draft : extension.drafts()) {
      cursor++;
      String turnId = draft.turnId().map(UUID::toString).orElse(null);
      String eventId = draft.eventId().toString();
      EventFrame event =
          new EventFrame(
              cursor, eventId, draft.type(), draft.source(), turnId, head.now(), draft.data());
      extension.events().add(event);
      eventKeys[filled] = head.sessionKey();
      cursors[filled] = cursor;
      eventIds[filled] = eventId;
      types[filled] = draft.type();
      sources[filled] = draft.source();
      turnIds[filled] = turnId;
      payloads[filled] = draft.data();
      createdAt[filled] = now;
      hashes[filled] = chain.next(event);
      filled++;
    }
    keys[session] = head.sessionKey();
    heads[session] = cursor;
    lastHashes[session] = chain.newest();
    lastAt[session] = now;
    after.add(head.after(extension.drafts().size(), chain.newest()));
  }

  int events() {
    return filled;
  }

  /** The head of each session once the rows are written. */
  List<Head> after() {
    return after;
  }

  /**
   * Sets the new values of the counters.
   *
   * @return the next index
   */
  int setHeads(Connection connection, PreparedStatement write, int index) throws SQLException {
    write.setArray(index, connection.createArrayOf("bigint", keys));
    write.setArray(index + 1, connection.createArrayOf("bigint", heads));
    write.setArray(index + 2, connection.createArrayOf("bytea", lastHashes));
    write.setArray(index + 3, connection.createArrayOf("text", lastAt));
    return index + 4;
  }

  void setEvents(Connection connection, PreparedStatement write, int index) throws SQLException {
    write.setInt(index, after.get(0).epochNumber());
    write.setArray(index + 1, connection.createArrayOf("bigint", eventKeys));
    write.setArray(index + 2, connection.createArrayOf("bigint", cursors));
    write.setArray(index + 3, connection.createArrayOf("text", eventIds));
    write.setArray(index + 4, connection.createArrayOf("text", types));
    write.setArray(index + 5, connection.createArrayOf("text", sources));
    write.setArray(index + 6, connection.createArrayOf("text", turnIds));
    write.setArray(index + 7, connection.createArrayOf("text", payloads));
    write.setArray(index + 8, connection.createArrayOf("text", createdAt));
    write.setArray(index + 9, connection.createArrayOf("bytea", hashes));
  }
}
