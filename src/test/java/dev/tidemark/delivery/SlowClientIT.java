package dev.tidemark.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.log.EventSizesIT;
import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.RawSocket;
import dev.tidemark.testing.client.RawSocket.Received;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.TestDatabase.Logged;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.SmallGateway;
import jakarta.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * A client that reads slowly or not at all costs a window of bytes, loses nothing, holds up nobody,
 * and is disconnected only when nothing moves. (The gateway counts this cost; the operating
 * system's buffers hold a few megabytes more.)
 */
final class SlowClientIT {
  private static final int EVENT = SmallGateway.EVENT_BYTES - 100;
  private static final int FRAME = EVENT + 400;

  /** Turns whose events together overflow the kernel's buffers between both ends. */
  private static final int TURNS = 16;

  private static final int EVENTS_OF_A_TURN = 25;
  private static final long FLOOD = TURNS * (EVENTS_OF_A_TURN + 4L);

  private static final Duration LONG_ENOUGH = Duration.ofSeconds(60);

  private final Gateway gateway = SmallGateway.get();

  @Test
  void aClientThatDoesNotReadCostsAWindowAndHoldsUpNobodyAndComesBackWithEverything()
      throws Exception {
    WireClient fast = gateway.connect("alice");
    String sessionId = fast.createWith("wordy");
    flood(fast);
    try (fast;
        RawSocket slow = gateway.connectRaw("alice")) {
      Frame joined = join(slow, sessionId, 0);
      double stuck = awaitStuck();
      assertTrue(stuck < SmallGateway.WINDOW_BYTES + FRAME, "a window and a frame: " + stuck);

      try (WireClient returning = gateway.connect("alice")) { // there is one replay slot
        returning.join(sessionId, 0);
        returning.await("replay_complete");
      }
      fast.say("x", "meanwhile", Json.createObjectBuilder());
      fast.awaitSeq(FLOOD + 4);
      assertEquals(numbers(gateway.database().log(sessionId)), seqs(fast.events()));

      awaitOpenConnections(1); // the slow client was cut off; LingerIT tests how it is told
      List<Frame> frames = slow.readToTheEnd();
      List<Long> held = seqs(frames);
      assertTrue(held.size() < FLOOD, "it was closed in the middle of its replay");

      try (WireClient again = gateway.connect("alice")) {
        again.join(
            Json.createObjectBuilder()
                .add("session_id", sessionId)
                .add("since", (long) held.size())
                .add("epoch", joined.string("epoch")));
        again.await("replay_complete");
        held.addAll(seqs(again.events()));
      }
      assertEquals(numbers(gateway.database().log(sessionId)), held);
    }
  }

  @Test
  void aSlowClientThatReadsIsNotClosedAndGetsAReplayFarLargerThanItsWindow() throws Exception {
    try (WireClient clock = gateway.connect("alice")) {
      String sessionId = clock.createWith("wordy");
      flood(clock);
      try (RawSocket slow = gateway.connectRaw("alice")) {
        readSlowly(slow, sessionId, clock);
      }
    }
  }

  private void readSlowly(RawSocket slow, String sessionId, WireClient clock) throws Exception {
    List<Long> log = numbers(gateway.database().log(sessionId));
    long start = System.nanoTime();
    join(slow, sessionId, 0);
    List<Long> held = new ArrayList<>();
    int ticks = clock.frames().size();
    while (held.size() < log.size()) {
      if (held.size() % 25 == 24) { // wait for the clock's next tick, another client's heartbeat
        ticks = nextPing(clock, ticks);
        slow.send("{\"type\":\"ping\"}");
      }
      Received next = slow.read();
      if (next.isText() && next.frame().seq().isPresent()) {
        held.add(next.frame().seq().getAsLong());
      }
    }
    assertEquals(log, held);
    assertEquals(log.size(), slow.await("replay_complete").number("cursor"));
    assertTrue(
        System.nanoTime() - start > Duration.ofMillis(SmallGateway.STALL_MILLIS).toNanos(),
        "it took longer than a stall may");
  }

  /** Lets the log of the client's session grow and waits until the client has it all. */
  private static void flood(WireClient client) {
    for (int turn = 1; turn <= TURNS; turn++) {
      client.say("x", "m-" + turn, EventSizesIT.reasoning(EVENTS_OF_A_TURN, EVENT));
      client.awaitSeq(turn * (EVENTS_OF_A_TURN + 4L));
    }
  }

  private static int nextPing(WireClient clock, int from) {
    clock.await("ping", from);
    return clock.frames().size();
  }

  private static Frame join(RawSocket client, String sessionId, long since) throws Exception {
    client.send(
        "{\"type\":\"join\",\"session_id\":\"%s\",\"since\":%d}".formatted(sessionId, since));
    return client.await("joined");
  }

  /** Waits until the window is full and nothing moves; returns the bytes in it. */
  private double awaitStuck() {
    double[] last = {0};
    Awaitility.await("a full window")
        .atMost(LONG_ENOUGH)
        .pollInterval(Duration.ofMillis(250))
        .until(
            () -> {
              double before = last[0];
              last[0] = inFlight();
              return last[0] >= SmallGateway.WINDOW_BYTES && last[0] == before;
            });
    return last[0];
  }

  private double inFlight() {
    return gateway.metric("tidemark_outbound_bytes");
  }

  private void awaitOpenConnections(int count) {
    Awaitility.await(count + " open connections")
        .atMost(LONG_ENOUGH)
        .until(() -> gateway.metric("tidemark_connections"), open -> open == count);
  }

  private static List<Long> numbers(List<Logged> log) {
    return log.stream().map(Logged::cursor).toList();
  }

  private static List<Long> seqs(List<Frame> frames) {
    List<Long> seqs = new ArrayList<>();
    frames.forEach(frame -> frame.seq().ifPresent(seqs::add));
    return seqs;
  }
}
