package dev.tidemark.log;

import dev.tidemark.log.AppendStatement.Extension;
import dev.tidemark.log.Companion.Verdict;
import dev.tidemark.log.Companion.Written;
import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.Position;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One transaction that carries the appends of many sessions:
 *
 * <ol>
 *   <li>lock the sessions' rows, as far as nobody else holds them: nothing here ever waits for a
 *       lock, so no session delays another, and no two batches can deadlock;
 *   <li>ask the companions, under the locks, what may go on;
 *   <li>move the counters and insert the events;
 *   <li>let the companions write what goes with them;
 *   <li>commit.
 * </ol>
 *
 * <p>Used once, by one thread.
 */
final class GroupCommit {
  private final Connection connection;
  private final Map<Append, RuntimeException> refused = new LinkedHashMap<>();
  private final List<Append> locked = new ArrayList<>();
  private final List<Append> again = new ArrayList<>();
  private List<Share> written = List.of();
  private final List<Appended> appended = new ArrayList<>();
  private Map<Companion<Object>, List<Written<Object>>> writtenByCompanion = Map.of();
  private boolean mayBeCommitted;

  /** An append's part of what its session gets. */
  record Share(Append append, Extension extension, int from, int to) {
    /** Its events, once they are written. */
    List<EventFrame> events() {
      return extension.events().subList(from, to);
    }
  }

  GroupCommit(Connection connection) {
    this.connection = connection;
  }

  /** Runs the transaction; when this returns normally, what was written is durable. */
  void run(List<Append> appends) throws SQLException {
    Map<Long, Extension> extensions = new LinkedHashMap<>();
    Set<Long> keys = appends.stream().map(Append::sessionKey).collect(Collectors.toSet());
    for (Head head : AppendStatement.lockWhatIsFree(connection, keys)) {
      extensions.put(head.sessionKey(), new Extension(head));
    }
    List<Append> free = sortOut(appends, extensions, keys);
    List<Share> going = judged(free, extensions);
    extensions.values().removeIf(extension -> extension.drafts().isEmpty());
    if (extensions.isEmpty()) {
      connection.rollback();
      return;
    }
    write(going, List.copyOf(extensions.values()));
    mayBeCommitted = true;
    connection.commit(); // nothing is left to do if that came with the events
  }

  /** Leaves those whose row is locked by somebody else for later, and refuses unknown sessions. */
  private List<Append> sortOut(
      List<Append> appends, Map<Long, Extension> extensions, Set<Long> keys) throws SQLException {
    if (extensions.size() == keys.size()) {
      return appends;
    }
    Set<Long> existing = existing(keys);
    List<Append> free = new ArrayList<>(appends.size());
    for (Append append : appends) {
      if (extensions.containsKey(append.sessionKey())) {
        free.add(append);
      } else if (existing.contains(append.sessionKey())) {
        locked.add(append);
      } else {
        refused.put(append, new UnknownSessionException(append.sessionKey()));
      }
    }
    return free;
  }

  private Set<Long> existing(Set<Long> keys) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select session_key from tidemark.session_head where session_key = any(?)")) {
      select.setArray(1, connection.createArrayOf("bigint", keys.toArray(Long[]::new)));
      try (ResultSet row = select.executeQuery()) {
        Set<Long> existing = new HashSet<>();
        while (row.next()) {
          existing.add(row.getLong(1));
        }
        return existing;
      }
    }
  }

  /** Adds to the extensions what may be appended, in the order of the calls. */
  private List<Share> judged(List<Append> appends, Map<Long, Extension> extensions)
      throws SQLException {
    Map<Append, Verdict> verdicts = new HashMap<>();
    for (var asked : byCompanion(appends, append -> append, append -> append).entrySet()) {
      List<Append> itsAppends = asked.getValue();
      List<Verdict> given =
          asked.getKey().judge(connection, itsAppends.stream().map(Append::subject).toList());
      for (int i = 0; i < given.size(); i++) {
        verdicts.put(itsAppends.get(i), given.get(i));
      }
    }
    List<Share> going = new ArrayList<>(appends.size());
    for (Append append : appends) {
      Verdict verdict = verdicts.getOrDefault(append, Verdict.GO);
      if (verdict.refusal() != null) {
        refused.put(append, verdict.refusal());
      } else if (verdict.again()) {
        again.add(append);
      } else {
        List<Draft> drafts = verdict.drafts() == null ? append.drafts() : verdict.drafts();
        if (drafts.isEmpty()) {
          throw new IllegalStateException("A companion lets an append go on without an event.");
        }
        Extension extension = extensions.get(append.sessionKey());
        int from = extension.drafts().size();
        extension.drafts().addAll(drafts);
        going.add(new Share(append, extension, from, extension.drafts().size()));
      }
    }
    return going;
  }

  private static <A, T> Map<Companion<Object>, List<T>> byCompanion(
      List<A> all, Function<A, Append> append, Function<A, T> as) {
    Map<Companion<Object>, List<T>> byCompanion = new LinkedHashMap<>();
    for (A one : all) {
      Companion<Object> companion = append.apply(one).companion();
      if (companion != null) {
        byCompanion.computeIfAbsent(companion, key -> new ArrayList<>()).add(as.apply(one));
      }
    }
    return byCompanion;
  }

  private void write(List<Share> going, List<Extension> extensions) throws SQLException {
    boolean last = going.stream().noneMatch(share -> share.append().writesBeside());
    mayBeCommitted = last;
    AppendStatement.write(connection, extensions, last);
    for (Extension extension : extensions) {
      Head head = extension.head();
      appended.add(
          new Appended(
              head.sessionKey(),
              new Position(head.epochId(), extension.newHead(), head.floor()),
              List.copyOf(extension.events())));
    }
    written = going;
    writtenByCompanion =
        byCompanion(
            going,
            Share::append,
            share ->
                new Written<>(
                    share.append().subject(), share.append().sessionKey(), share.events()));
    for (var asked : writtenByCompanion.entrySet()) {
      asked.getKey().write(connection, asked.getValue());
    }
  }

  /** Whether the commit was sent. If {@link #run} failed and it was not, nothing was done. */
  boolean mayBeCommitted() {
    return mayBeCommitted;
  }

  Map<Append, RuntimeException> refused() {
    return refused;
  }

  /** Those whose session somebody else holds. */
  List<Append> locked() {
    return locked;
  }

  /** Those that a companion wants in the next batch. */
  List<Append> again() {
    return again;
  }

  /** What was written for each append, and is committed if {@link #run} returned. */
  List<Share> written() {
    return written;
  }

  Map<Companion<Object>, List<Written<Object>>> writtenByCompanion() {
    return writtenByCompanion;
  }

  /** What was appended to each session. */
  List<Appended> appended() {
    return appended;
  }
}
