package dev.tidemark.system;

import dev.tidemark.testing.gateway.Gateway;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Processes are killed under clients with turns under way, again and again; the clients come back
 * by themselves, and at the end each holds exactly the log. {@code -Dcrash.rounds} says how often,
 * {@code -Dcrash.seed} repeats the clients' part of a run.
 */
final class CrashIT {
  private static final int ROUNDS = Integer.getInteger("crash.rounds", 4);
  private static final long SEED = Long.getLong("crash.seed", System.nanoTime());
  private static final int SESSIONS = 4;
  private static final int MAX_MESSAGES_PER_ROUND = 8;

  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateway = Gateway.startWithOwnCluster("crash", Map.of());
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void whenTheGatewayIsKilledEveryClientStillGetsExactlyTheLog() {
    try (Crowd crowd = new Crowd(new Random(SEED), SESSIONS, gateway.server().socketUri("/ws"))) {
      rounds(
          crowd,
          round -> {
            gateway.server().kill();
            gateway.server().start();
            crowd.talkUntil("ready after kill " + round, gateway.server()::isReady);
          });
    }
  }

  @Test
  void whenTheDatabaseIsStoppedAtOnceEveryClientStillGetsExactlyTheLog() {
    try (Crowd crowd = new Crowd(new Random(SEED), SESSIONS, gateway.server().socketUri("/ws"))) {
      rounds(
          crowd,
          round -> {
            gateway.cluster().stopImmediately();
            if (round % 2 == 0) { // some outages are noticed, others end before that
              crowd.talkUntil("not ready", () -> !gateway.server().isReady());
            }
            gateway.cluster().start();
          });
    }
  }

  @Test
  void whenOneOfTwoNodesIsKilledTheOtherTakesOver() {
    try (Gateway other = gateway.startNode("crash-other", Map.of());
        Crowd crowd =
            new Crowd(
                new Random(SEED),
                SESSIONS,
                gateway.server().socketUri("/ws"),
                other.server().socketUri("/ws"))) {
      crowd.talkUntilAcknowledged(2 * MAX_MESSAGES_PER_ROUND);
      other.server().kill();
      crowd.moveTo(gateway.server().socketUri("/ws"));
      crowd.talkUntilAcknowledged(MAX_MESSAGES_PER_ROUND);
      crowd.listenUntilQuiet(gateway.database());
      crowd.requireTheLog(gateway.database());
    }
  }

  private static void rounds(Crowd crowd, Consumer<Integer> crash) {
    Random random = new Random(SEED);
    System.err.println("crash.seed=" + SEED + " crash.rounds=" + ROUNDS);
    for (int round = 1; round <= ROUNDS; round++) {
      crowd.talkUntilAcknowledged(1 + random.nextInt(MAX_MESSAGES_PER_ROUND));
      crash.accept(round);
    }
    crowd.talkUntilAcknowledged(MAX_MESSAGES_PER_ROUND);
    crowd.listenUntilQuiet(gateway.database());
    crowd.requireTheLog(gateway.database());
    System.err.println(crowd.summary());
  }
}
