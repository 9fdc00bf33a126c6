package dev.tidemark.concurrent;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jboss.logging.Logger;

/**
 * Runs tasks on the threads of an executor in two levels of fairness: groups take turns, and within
 * a group its members. Neither has more threads at a time than its maximum, whatever its tasks wait
 * for; what is above that stands in line, for which no thread is needed.
 *
 * <p>All state is guarded by the monitor, which is not held while a task runs.
 */
public final class FairLine {
  private static final Logger LOG = Logger.getLogger(FairLine.class);

  private final Executor executor;
  private final int threads;
  private final int ofGroup;
  private final int ofMember;
  private final int maxWaiting;
  private final Map<Object, Group> groups = new HashMap<>();
  private final ArrayDeque<Group> due = new ArrayDeque<>();
  private int running;

  /** A group is in {@code due} exactly while one of its members is due and it may have a thread. */
  private static final class Group {
    private final Object name;
    private final Map<Object, Member> members = new HashMap<>();
    private final ArrayDeque<Member> dueMembers = new ArrayDeque<>();
    private int running;
    private int waiting;
    private boolean isDue;

    Group(Object name) {
      this.name = name;
    }
  }

  /** A member is due exactly while a task of it waits and it may have a thread. */
  private static final class Member {
    private final Object name;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private int running;
    private boolean isDue;

    Member(Object name) {
      this.name = name;
    }
  }

  private record Turn(Group group, Member member, Runnable task) {}

  /**
   * @param threads the threads of the executor that may be taken
   * @param ofGroup the most threads of one group
   * @param ofMember the most threads of one member
   * @param maxWaiting the most tasks of a group that stand in line
   */
  public FairLine(Executor executor, int threads, int ofGroup, int ofMember, int maxWaiting) {
    this.executor = executor;
    this.threads = threads;
    this.ofGroup = ofGroup;
    this.ofMember = ofMember;
    this.maxWaiting = maxWaiting;
  }

  /** Runs a task soon; returns false if too many of its group stand in line. Never blocks. */
  public boolean add(Object group, Object member, Runnable task) {
    if (!put(group, member, task)) {
      return false;
    }
    start();
    return true;
  }

  private synchronized boolean put(Object groupName, Object memberName, Runnable task) {
    Group group = groups.computeIfAbsent(groupName, Group::new);
    if (group.waiting >= maxWaiting) {
      return false;
    }
    Member member = group.members.computeIfAbsent(memberName, Member::new);
    member.waiting.add(task);
    group.waiting++;
    makeDue(group, member);
    return true;
  }

  private void start() {
    for (Optional<Turn> turn = next(); turn.isPresent(); turn = next()) {
      Turn taken = turn.get();
      try {
        executor.execute(() -> run(taken));
      } catch (RejectedExecutionException e) { // the server stops
        LOG.debugf("A request is not served any more: %s", e.getMessage());
        leave(taken);
      } catch (RuntimeException | Error e) { // as when no thread can be made
        leave(taken);
        throw e;
      }
    }
  }

  private void run(Turn turn) {
    try {
      turn.task().run();
    } finally {
      leave(turn);
      start();
    }
  }

  private synchronized Optional<Turn> next() {
    if (running >= threads || due.isEmpty()) {
      return Optional.empty();
    }
    Group group = due.remove();
    group.isDue = false;
    Member member = group.dueMembers.remove();
    member.isDue = false;
    Runnable task = member.waiting.remove();
    group.waiting--;
    running++;
    group.running++;
    member.running++;
    makeDue(group, member);
    return Optional.of(new Turn(group, member, task));
  }

  private synchronized void leave(Turn turn) {
    Group group = turn.group();
    Member member = turn.member();
    running--;
    group.running--;
    member.running--;
    makeDue(group, member);
    if (member.running == 0 && member.waiting.isEmpty()) {
      group.members.remove(member.name);
    }
    if (group.members.isEmpty()) {
      groups.remove(group.name);
    }
  }

  private void makeDue(Group group, Member member) {
    if (!member.isDue && !member.waiting.isEmpty() && member.running < ofMember) {
      member.isDue = true;
      group.dueMembers.add(member);
    }
    if (!group.isDue && !group.dueMembers.isEmpty() && group.running < ofGroup) {
      group.isDue = true;
      due.add(group);
    }
  }

  /** The number of groups of which a task runs or waits. */
  synchronized int groups() {
    return groups.size();
  }
}
