package dev.tidemark.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemark.ops.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The server may call in any order, and twice: a stop is for good, and a resume ends a suspend. */
final class ServerStopTest {
  private final List<String> done = new ArrayList<>();
  private boolean isFailing;
  private final ServerStop serverStop = new ServerStop();

  ServerStopTest() {
    serverStop.node =
        new Node() {
          @Override
          public void stopping() {
            done.add("stopping");
          }

          @Override
          public void suspending() {
            done.add("suspending");
          }

          @Override
          public void suspended() {
            done.add("suspended");
          }

          @Override
          public void resumed() {
            done.add("resumed");
          }
        };
    serverStop.drain =
        new Drain() {
          @Override
          synchronized CompletableFuture<Void> whenEmpty() {
            done.add("wait");
            if (isFailing) {
              throw new IllegalStateException("no");
            }
            return CompletableFuture.completedFuture(null);
          }

          @Override
          synchronized Runnable cancelling() {
            return () -> done.add(Thread.holdsLock(serverStop) ? "cancel in a lock" : "cancel");
          }
        };
  }

  @Test
  void aResumeEndsTheDrainOfASuspendOnce() {
    serverStop.resumed();
    var unused = serverStop.suspending();
    serverStop.resumed();
    serverStop.resumed();
    assertEquals(List.of("suspending", "wait", "resumed", "cancel"), done);
  }

  @Test
  void aServerThatStartsSuspendedIsResumed() {
    serverStop.suspended();
    serverStop.resumed();
    assertEquals(List.of("suspended", "resumed", "cancel"), done);
  }

  @Test
  void aResumeEndsNoStop() {
    var unused = serverStop.suspending();
    serverStop.joined(Optional.of(() -> done.add("leave")));
    serverStop.stop();
    serverStop.resumed();
    serverStop.stop();
    assertEquals(List.of("suspending", "wait", "stopping", "wait", "leave"), done);
  }

  @Test
  void aStopThatCannotDrainLeavesTheSuspendsAllTheSame() {
    serverStop.joined(Optional.of(() -> done.add("leave")));
    isFailing = true;
    assertThrows(IllegalStateException.class, serverStop::stop);
    assertEquals(List.of("stopping", "wait", "leave"), done);
  }

  @Test
  void whoJoinsAfterTheStopLeavesAtOnce() {
    serverStop.stop();
    serverStop.joined(Optional.of(() -> done.add("leave")));
    assertEquals(List.of("stopping", "wait", "leave"), done);
  }

  @Test
  void aServerThatLetsNobodyLeaveIsStoppedAllTheSame() {
    serverStop.joined(
        Optional.of(
            () -> {
              throw new IllegalStateException("no");
            }));
    serverStop.stop();
    assertEquals(List.of("stopping", "wait"), done);
  }
}
