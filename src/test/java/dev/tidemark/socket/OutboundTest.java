package dev.tidemark.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.access.Authentication;
import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.limit.Charge;
import dev.tidemark.access.limit.NodeMemory;
import dev.tidemark.config.MemorySettings;
import dev.tidemark.config.Settings;
import dev.tidemark.config.WireSettings;
import dev.tidemark.ops.Metrics;
import dev.tidemark.wire.EncodedFrame;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendHandler;
import jakarta.websocket.SendResult;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is in flight to a client is charged to its principal, and given back when it is out. */
final class OutboundTest {
  private static final long SHARE = 102_400;
  private static final int WINDOW = 65_536;
  private static final EncodedFrame SMALL = new EncodedFrame("s".repeat(4_096), 4_096);

  private final NodeMemory memory =
      new NodeMemory(
          Settings.of(
              key ->
                  Optional.ofNullable(
                      Map.of(
                              MemorySettings.NODE_BYTES.key(), "" + 2 * SHARE,
                              MemorySettings.PRINCIPAL_BYTES.key(), "" + SHARE,
                              WireSettings.MAX_PAYLOAD_BYTES.key(), "1024")
                          .get(key))),
          new Metrics() {});
  private final ArrayDeque<SendHandler> sending = new ArrayDeque<>();
  private final Charge charge = open();
  private final Charge ofAnother = open();
  private int woken;
  private final Outbound outbound =
      new Outbound(remote(), charge, WINDOW, 48, fromServer -> woken++, () -> {});

  private Charge open() {
    return memory.open(
        new Caller(
            "alice",
            Set.of(Role.USER),
            "default",
            Authentication.LOCAL,
            "192.0.2.7",
            Optional.empty()));
  }

  private RemoteEndpoint.Async remote() {
    return (RemoteEndpoint.Async)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {RemoteEndpoint.Async.class},
            (proxy, method, arguments) -> {
              sending.add((SendHandler) arguments[1]);
              return null;
            });
  }

  private void completeAll() {
    while (!sending.isEmpty()) {
      sending.remove().onResult(new SendResult());
    }
  }

  @Test
  void aSmallFrameToAClientThatReadsIsNeverChargedAndNeverWaits() {
    assertTrue(ofAnother.take(SHARE));
    assertTrue(outbound.hasMemoryFor(SMALL.bytes()));
    outbound.send(SMALL);
    assertEquals(0, charge.bytes());
    assertFalse(outbound.hasMemoryFor(1));
  }

  @Test
  void allThatIsInFlightIsGivenBackWhateverTheSizes() {
    for (int bytes : new int[] {10, 5_000, 4_096, 1, 30_000, 200_000, 4_097}) {
      outbound.send(new EncodedFrame("x", bytes));
    }
    assertTrue(charge.bytes() >= outbound.bytesInFlight());
    completeAll();
    assertEquals(0, outbound.bytesInFlight());
    assertEquals(0, charge.bytes());
  }

  @Test
  void aClientWaitsWhileItsPrincipalHasNoMemoryLeftAndGoesOnWhenThereIs() {
    assertTrue(ofAnother.take(SHARE - 8_192));
    assertTrue(outbound.hasMemoryFor(8_192));
    assertFalse(outbound.hasMemoryFor(8_193));
    assertFalse(outbound.hasRoom());
    assertTrue(outbound.hasWindow());
    outbound.tryAgain();
    assertEquals(1, woken);
    assertTrue(outbound.hasRoom());
    assertFalse(outbound.hasMemoryFor(8_193));
    ofAnother.give(4_096);
    outbound.tryAgain();
    assertTrue(outbound.hasMemoryFor(8_193));
    outbound.tryAgain();
    assertEquals(2, woken);
  }

  @Test
  void aSnapshotIsChargedUntilItIsSent() {
    assertTrue(outbound.takeForSnapshot(SHARE / 2));
    assertTrue(outbound.takeForSnapshot(SHARE / 2));
    assertFalse(outbound.takeForSnapshot(1));
    outbound.snapshotSent();
    assertEquals(0, charge.bytes());
  }

  @Test
  void eventsAreKeptForAClientOnlyWhileItsPrincipalHasMemoryToSpare() {
    assertTrue(outbound.mayKeep(SHARE / 4));
    assertTrue(outbound.mayKeep(SHARE / 2));
    assertEquals(SHARE / 2, charge.bytes());
    assertTrue(outbound.mayKeep(10));
    assertEquals(10, charge.bytes());
    assertTrue(ofAnother.take(SHARE / 2));
    assertFalse(outbound.mayKeep(11));
    assertEquals(0, charge.bytes());
    assertTrue(outbound.mayKeep(0));
  }
}
