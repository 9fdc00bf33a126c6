package dev.tidemark.concurrent;

import dev.tidemark.concurrent.LinkedQueue.Link;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;

/**
 * Runs tasks on the threads of an executor in two levels of fairness: groups take turns, and within
 * a group its members. Neither has more threads at a time than its maximum, whatever its tasks wait
 * for; what is above that stands in line, for which no thread is needed.
 *
 * <p>All state is guarded by the monitor, which is not held while a task runs.
 *
 * <p>Whatever is thrown, an {@code Error} too, each task that was added runs or is refused: all
 * that takes memory is made before anything changes.
 */
public final class FairLine {
  private static final Logger LOG = Logger.getLogger(FairLine.class);

  private final Executor executor;
  private final int threads;
  private final int ofGroup;
  private final int ofMember;
  private final int maxWaiting;
  private final Map<Object, Group> groups = new HashMap<>();
  private final LinkedQueue<Group> due = new LinkedQueue<>();
  private int running;

  /** A group is in {@code due} exactly while one of its members is due and it may have a thread. */
  private static final class Group {
    private final Object name;
    private final Map<Object, Member> members = new HashMap<>();
    private final LinkedQueue<Member> dueMembers = new LinkedQueue<>();
    private final Link<Group> inDue = new Link<>(this);
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
    private final LinkedQueue<Turn> waiting = new LinkedQueue<>();
    private final Link<Member> inDue = new Link<>(this);
    private int running;
    private boolean isDue;

    Member(Object name) {
      this.name = name;
    }
  }

  /** A task, and what is done instead if it gets no thread. */
  private final class Turn implements Runnable {
    private final Group group;
    private final Member member;
    private final Runnable task;
    private final Runnable refused;

    Turn(Group group, Member member, Runnable task, Runnable refused) {
      this.group = group;
      this.member = member;
      this.task = task;
      this.refused = refused;
    }

    @Override
    public void run() {
      try {
        task.run();
      } finally {
        leave(this);
        start();
      }
    }

    void refuse(Throwable why) {
      try {
        LOG.debugf("A request gets no thread: %s", why);
        refused.run();
      } catch (RuntimeException | Error e) {
        LOG.debugf("A request could not be refused: %s", e); // the next one can, perhaps
      }
    }
  }

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

  /**
   * Runs a task soon. Never blocks.
   *
   * @param refused run instead, perhaps on the thread of another task, if there is no thread for it
   * @return false if too many of its group stand in line; then neither is run
   */
  public boolean add(Object group, Object member, Runnable task, Runnable refused) {
    if (!put(group, member, task, refused)) {
      return false;
    }
    start();
    return true;
  }

  private synchronized boolean put(
      Object groupName, Object memberName, Runnable task, Runnable refused) {
    Group group = groups.computeIfAbsent(groupName, Group::new);
    try {
      if (group.waiting >= maxWaiting) {
        return false;
      }
      Member member = group.members.computeIfAbsent(memberName, Member::new);
      member.waiting.add(new Turn(group, member, task, refused)); // from here on nothing fails
      group.waiting++;
      makeDue(group, member);
      return true;
    } finally {
      forgetIdle(group, memberName);
    }
  }

  private void start() {
    for (Turn turn = next(); turn != null; turn = next()) {
      try {
        executor.execute(turn);
      } catch (RuntimeException | Error e) { // the server stops, or no thread can be made
        leave(turn);
        turn.refuse(e);
      }
    }
  }

  /** The next task to be run, which has a place from now on; {@code null} if there is none. */
  private synchronized Turn next() {
    if (running >= threads || due.isEmpty()) {
      return null;
    }
    Group group = due.poll();
    group.isDue = false;
    Member member = group.dueMembers.poll();
    member.isDue = false;
    Turn turn = member.waiting.poll();
    group.waiting--;
    running++;
    group.running++;
    member.running++;
    makeDue(group, member);
    return turn;
  }

  private synchronized void leave(Turn turn) {
    running--;
    turn.group.running--;
    turn.member.running--;
    makeDue(turn.group, turn.member);
    forgetIdle(turn.group, turn.member.name);
  }

  private void forgetIdle(Group group, Object memberName) {
    Member member = group.members.get(memberName);
    if (member != null && member.running == 0 && member.waiting.isEmpty()) {
      group.members.remove(memberName);
    }
    if (group.members.isEmpty()) {
      groups.remove(group.name);
    }
  }

  private void makeDue(Group group, Member member) {
    if (!member.isDue && !member.waiting.isEmpty() && member.running < ofMember) {
      member.isDue = true;
      group.dueMembers.add(member.inDue);
    }
    if (!group.isDue && !group.dueMembers.isEmpty() && group.running < ofGroup) {
      group.isDue = true;
      due.add(group.inDue);
    }
  }

  /** The number of groups of which a task runs or waits. */
  synchronized int groups() {
    return groups.size();
  }
}
