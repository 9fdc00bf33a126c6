package dev.tidemark.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;

/** Sockets of one principal that may send little, a clock that the test moves. */
final class ReadingPaceTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final int MESSAGE = 10_064;

  private record Task(long at, Runnable work) {}

  private final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong(Task::at));
  private final List<Long> waits = new ArrayList<>();
  private long now;
  private long freeAt;
  private long nanosPerByte = 1_000;

  /** So many tasks for the I/O thread are refused. */
  private int lost;

  private final class Socket implements RawChannel {
    private final ReadingPace pace =
        new ReadingPace(this, () -> Math.max(0, freeAt - now), this::counted, this::later);
    private boolean isRead = true;
    private boolean canSuspend = true;

    /** The messages that its client has sent and that were not read. */
    private int unread;

    private void read() {
      while (isRead && unread > 0) {
        unread--;
        pace.count(MESSAGE);
      }
    }

    /** Its client answers pings for ever. */
    private void answerPings() {
      if (isRead) {
        pace.count(64);
      }
      tasks.add(new Task(now + SECOND * 2 / 5, this::answerPings));
    }

    private long counted(long bytes) {
      freeAt = Math.max(freeAt, now) + bytes * nanosPerByte;
      return freeAt - now;
    }

    private void later(Duration delay, Runnable work) {
      waits.add(delay.toMillis());
      tasks.add(new Task(now + delay.toNanos(), work));
    }

    @Override
    public void onIoThread(Runnable task) {
      if (lost-- > 0) {
        throw new OutOfMemoryError("injected");
      }
      task.run();
    }

    @Override
    public boolean canSuspend() {
      return canSuspend;
    }

    @Override
    public void suspend() {
      isRead = false;
    }

    @Override
    public void resume() {
      isRead = true;
      tasks.add(new Task(now + 1, this::read));
    }

    @Override
    public void closeHere() {}
  }

  private void runUntil(long end) {
    while (!tasks.isEmpty() && tasks.peek().at() <= end) {
      Task next = tasks.remove();
      now = next.at();
      next.work().run();
    }
    now = end;
  }

  @Test
  void aSocketWaitsHalfAsLongAgainAsItIsAheadAndIsReadThenAtTheFirstTry() {
    Socket socket = new Socket();
    socket.pace.count(300_500);
    runUntil(SECOND);
    assertEquals(List.of(451L), waits);
    assertTrue(socket.isRead);
  }

  @Test
  void whoLosesWaitsTwiceAsLongEachTimeUpToASecondAndAsBeforeOnceItIsRead() {
    Socket socket = new Socket();
    socket.pace.count(10);
    for (int i = 0; i < 6; i++) {
      freeAt = tasks.peek().at() + 10; // another one was first
      runUntil(tasks.peek().at());
    }
    assertEquals(List.of(50L, 100L, 200L, 400L, 800L, 1_000L, 1_000L), waits);
    waits.clear();
    runUntil(tasks.peek().at());
    assertTrue(socket.isRead);
    socket.pace.count(20_000);
    assertEquals(1, waits.size());
    assertTrue(waits.get(0) < 100, waits + " ms");
  }

  @Test
  void noSocketStarvesThoughTheOthersAnswerPingsAndOneSendsWithoutEnd() {
    nanosPerByte = SECOND / 40_000;
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Socket socket = new Socket();
      sockets.add(socket);
      socket.unread = i == 0 ? Integer.MAX_VALUE : 6;
      socket.read();
      socket.answerPings();
    }
    runUntil(60 * SECOND);
    assertEquals(
        List.of(0, 0, 0, 0), sockets.stream().skip(1).map(socket -> socket.unread).toList());
  }

  @Test
  void whatCameTooFastIsToldOfOnceTheSocketIsReadAgain() {
    Socket socket = new Socket();
    List<Long> told = new ArrayList<>();
    socket.pace.begin(() -> true, () -> told.add(now));
    assertFalse(socket.pace.isPaused());
    socket.pace.count(300_500);
    assertTrue(socket.pace.isPaused());
    runUntil(SECOND);
    assertFalse(socket.pace.isPaused());
    assertEquals(List.of(SECOND * 451 / 1_000), told);
  }

  @Test
  void aSocketThatCannotBePausedIsNot() {
    Socket socket = new Socket();
    socket.canSuspend = false;
    socket.pace.count(300_500);
    assertFalse(socket.pace.isPaused());
    assertEquals(List.of(), waits);
  }

  /** Of one who is ten seconds ahead the quota counts nothing more. */
  @Test
  void whatWasReadFarAheadOfThePaceIsCountedWhenItsSocketIsReadAgain() {
    Socket first = new Socket();
    Socket second = new Socket();
    first.pace.count(12_000_000);
    second.pace.count(1_000_000);
    assertEquals(12 * SECOND, freeAt);
    assertTrue(second.pace.isPaused());
    while (second.pace.isPaused()) {
      runUntil(tasks.peek().at());
    }
    assertTrue(freeAt - now >= SECOND, freeAt - now + " ns");
  }

  @Test
  void aLookThatFailsIsTriedAgain() {
    Socket socket = new Socket();
    socket.pace.count(300_500);
    lost = 1;
    assertThrows(OutOfMemoryError.class, () -> runUntil(SECOND));
    runUntil(2 * SECOND);
    assertFalse(socket.pace.isPaused());
  }

  /** The threads of the timer serve heartbeats too. */
  @Test
  void manyPausedSocketsAskSeldomAndAllAreReadInTheEnd() {
    nanosPerByte = 10_000; // 100,000 bytes a second: six or so are read in one
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      sockets.add(new Socket());
      sockets.get(i).pace.count(1_000);
    }
    runUntil(10 * SECOND);
    assertTrue(waits.size() < 200 * 20, waits.size() + " waits of 200 sockets in 10 s");
    runUntil(300 * SECOND);
    assertTrue(sockets.stream().allMatch(socket -> socket.isRead));
  }
}
