package dev.tidemark.log;

import dev.tidemark.log.AppendParticipant.Verdict;
import dev.tidemark.log.AppendSql.Extension;
import dev.tidemark.log.GroupOutcome.Share;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One transaction that carries the appends of many sessions:
 *
 * <ol>
 *   <li>lock the sessions' rows that nobody else holds: nothing here ever waits for a lock, so no
 *       session delays another, and no two batches can deadlock;
 *   <li>leave to the next batch what would be judged by a state that this one changes;
 *   <li>ask the participants, under the locks, which appends may go on;
 *   <li>move the counters and insert the events;
 *   <li>let the participants write their rows;
 *   <li>commit.
 * </ol>
 *
 * <p>While a busy writer goes on with sessions that it knows, and all participants state a
 * condition and write no rows, all of this is a single statement, which checks the guessed heads
 * and conditions before it writes.
 *
 * <p>Used once, by one thread.
 */
final class GroupCommit {
  private final Connection connection;
  private final KnownHeads known;
  private final GroupOutcome outcome = new GroupOutcome();
  private boolean mayBeCommitted;

  GroupCommit(Connection connection, KnownHeads known) {
    this.connection = connection;
    this.known = known;
  }

  /**
   * Runs the transaction; when this returns normally, the written events are durable.
   *
   * @param guess whether a single statement with its commit may be tried; only on a connection that
   *     was alive a moment ago, because on a dead one the outcome would be unknown
   */
  void run(List<Append> appends, boolean guess) throws SQLException {
    Set<Long> keys = appends.stream().map(Append::sessionKey).collect(Collectors.toSet());
    if (guess && writeToKnown(appends, keys)) {
      return;
    }
    known.forget(keys);
    LockedHeads free = AppendSql.lockWhatIsFree(connection, keys);
    Map<Long, Extension> extensions = extensions(free.heads());
    List<Share> going = judged(inOrder(sortOut(appends, extensions, keys)), extensions);
    extensions.values().removeIf(extension -> extension.drafts().isEmpty());
    if (going.isEmpty()) {
      connection.rollback();
      return;
    }
    List<Head> after = write(going, List.copyOf(extensions.values()));
    mayBeCommitted = true;
    connection.commit(); // does nothing if the commit went with the events
    known.read(free.clock());
    after.forEach(known::learn);
  }

  /**
   * Appends to the known heads, if the sessions still stand there.
   *
   * @return whether the events were written; if not, nothing was
   */
  private boolean writeToKnown(List<Append> appends, Set<Long> keys) throws SQLException {
    Optional<List<Head>> heads = known.of(keys);
    Optional<List<AppendCondition>> conditions =
        heads.isEmpty() ? Optional.empty() : conditions(appends);
    if (conditions.isEmpty()) {
      return false;
    }
    Map<Long, Extension> extensions = extensions(heads.get());
    List<Share> going =
        appends.stream().map(append -> share(append, append.drafts(), extensions)).toList();
    List<Extension> all = List.copyOf(extensions.values());
    mayBeCommitted = true; // the commit goes with the events
    Optional<List<Head>> after = AppendSql.writeIfUnmoved(connection, all, conditions.get());
    mayBeCommitted = after.isPresent();
    after.ifPresent(
        moved -> {
          outcome.written(going, all);
          moved.forEach(known::learn);
        });
    return after.isPresent();
  }

  private static Map<Long, Extension> extensions(List<Head> heads) {
    Map<Long, Extension> extensions = new LinkedHashMap<>();
    heads.forEach(head -> extensions.put(head.sessionKey(), new Extension(head)));
    return extensions;
  }

  /** The conditions of the participants, if all of them can be part of the statement. */
  private static Optional<List<AppendCondition>> conditions(List<Append> appends) {
    List<AppendCondition> conditions = new ArrayList<>();
    for (var asked :
        GroupOutcome.byParticipant(appends, append -> append, Append::subject).entrySet()) {
      Optional<AppendCondition> condition = asked.getKey().condition(asked.getValue());
      if (condition.isEmpty()) {
        return Optional.empty();
      }
      conditions.add(condition.get());
    }
    return Optional.of(conditions);
  }

  /** Puts aside the appends whose row somebody else has locked; refuses unknown sessions. */
  private List<Append> sortOut(
      List<Append> appends, Map<Long, Extension> extensions, Set<Long> keys) throws SQLException {
    if (extensions.size() == keys.size()) {
      return appends;
    }
    Set<Long> existing = AppendSql.existing(connection, keys);
    List<Append> free = new ArrayList<>(appends.size());
    for (Append append : appends) {
      if (extensions.containsKey(append.sessionKey())) {
        free.add(append);
      } else if (existing.contains(append.sessionKey())) {
        outcome.locked(append);
      } else {
        outcome.refuse(append, new UnknownSessionException(append.sessionKey()));
      }
    }
    return free;
  }

  /**
   * Defers the appends on which the verdict depends on another of this batch, and with them all
   * later ones of their session. The first append of a session always stays.
   */
  private List<Append> inOrder(List<Append> appends) {
    Set<Long> written = new HashSet<>();
    Set<Long> full = new HashSet<>();
    List<Append> first = new ArrayList<>(appends.size());
    for (Append append : appends) {
      Long key = append.sessionKey();
      boolean changesVerdicts = append.changesVerdicts();
      if (full.contains(key) || (changesVerdicts && written.contains(key))) {
        full.add(key);
        outcome.deferred(append);
        continue;
      }
      first.add(append);
      if (append.writesBeside()) {
        written.add(key);
      }
      if (changesVerdicts) {
        full.add(key);
      }
    }
    return first;
  }

  /** Adds the permitted appends to the extensions, in the order of the calls. */
  private List<Share> judged(List<Append> appends, Map<Long, Extension> extensions)
      throws SQLException {
    Map<Append, Verdict> verdicts = new HashMap<>();
    for (var asked :
        GroupOutcome.byParticipant(appends, append -> append, append -> append).entrySet()) {
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
        outcome.refuse(append, verdict.refusal());
      } else if (verdict.deferred()) {
        outcome.deferred(append);
      } else if (verdict.held()) {
        outcome.locked(append);
      } else {
        List<Draft> drafts = verdict.drafts() == null ? append.drafts() : verdict.drafts();
        if (drafts.isEmpty() && !append.writesBeside()) {
          throw new IllegalStateException("A participant lets an append go on without an event.");
        }
        going.add(share(append, drafts, extensions));
      }
    }
    return going;
  }

  private static Share share(Append append, List<Draft> drafts, Map<Long, Extension> extensions) {
    Extension extension = extensions.get(append.sessionKey());
    int from = extension.drafts().size();
    extension.drafts().addAll(drafts);
    return new Share(append, extension, from, extension.drafts().size());
  }

  private List<Head> write(List<Share> going, List<Extension> extensions) throws SQLException {
    boolean last = going.stream().noneMatch(share -> share.append().writesBeside());
    mayBeCommitted = last;
    List<Head> after =
        extensions.isEmpty() ? List.of() : AppendSql.write(connection, extensions, last);
    outcome.written(going, extensions);
    for (var asked : outcome.writtenByParticipant().entrySet()) {
      asked.getKey().write(connection, asked.getValue());
    }
    return after;
  }

  /** Whether events may be committed. If {@link #run} failed and this is false, none are. */
  boolean mayBeCommitted() {
    return mayBeCommitted;
  }

  /** The outcome, once {@link #run} has returned normally. */
  GroupOutcome outcome() {
    return outcome;
  }
}
