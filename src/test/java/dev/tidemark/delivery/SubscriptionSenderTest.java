package dev.tidemark.delivery;

import static dev.tidemark.delivery.Delivered.at;
import static dev.tidemark.delivery.Delivered.encoded;
import static dev.tidemark.delivery.Delivered.join;
import static dev.tidemark.delivery.Delivered.snapshot;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.session.JoinOutcome;
import dev.tidemark.session.ResyncRecord;
import dev.tidemark.wire.EncodedEvent;
import dev.tidemark.wire.ReplayBlock;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pages are sent as frames: dense, in order, batched where the client accepts batches. */
final class SubscriptionSenderTest {
  private static final long BATCH_BYTES = 100_000;
  private static final int BLOCK = 64;

  private final FakeClient client = new FakeClient(1_000);

  @Test
  void aGapIsNeverSent() {
    SubscriptionSender sender = sender(join(1, 9), 0, false);
    sender.startPage(encoded(3, 4));
    assertThrows(IllegalStateException.class, sender::send);
    assertEquals(List.of(), client.messages());
  }

  @Test
  void aCompactReplayMayLeaveEventsOutButNothingLiveDoes() {
    SubscriptionSender sender = sender(join(0, 5), 0, true);
    assertTrue(sender.isCompacting());
    sender.startPage(encoded(5, 5));
    sender.send();
    assertEquals(List.of("replay 1-5", "replay_complete 5"), client.frames());
    assertFalse(sender.isCompacting());
    sender.startPage(encoded(7, 7));
    assertThrows(IllegalStateException.class, sender::send);
  }

  @Test
  void aWholeBlockIsOneMessageForAClientThatBatches() {
    SubscriptionSender sender = sender(join(0, BLOCK), BATCH_BYTES, false);
    sender.startPage(encoded(1, BLOCK));
    sender.send();
    List<String> messages = client.messages();
    assertEquals(2, messages.size(), "the block and replay_complete");
    assertEquals(BLOCK, messages.get(0).lines().count());
    assertEquals(BLOCK + 1, sender.next());
  }

  @Test
  void aBlockIsCutIntoItsFramesForAClientThatTakesOneAtATime() {
    SubscriptionSender sender = sender(join(0, BLOCK), 0, false);
    sender.startPage(encoded(1, BLOCK));
    sender.send();
    List<String> frames = client.frames();
    assertEquals(BLOCK + 1, frames.size());
    assertEquals("replay 1", frames.get(0));
    assertEquals("replay 64", frames.get(BLOCK - 1));
  }

  @Test
  void aBlockThatReachesBeyondTheReplayEndsItThereAndGoesOnLive() {
    List<EncodedEvent> events = encoded(1, BLOCK);
    assertNotNull(ReplayBlock.of(events), "another client has replayed them all");
    SubscriptionSender sender = sender(join(61, 62), BATCH_BYTES, false);
    sender.startPage(events.subList(61, BLOCK));
    sender.send();
    assertEquals(
        List.of("replay 62", "replay_complete 62", "broadcast 63", "broadcast 64"),
        client.frames());
  }

  @Test
  void whatTheWindowHeldBackIsSentNextWithoutRepetition() {
    FakeClient slow = new FakeClient(1);
    SubscriptionSender sender = new SubscriptionSender(slow, join(0, 2), 0, false);
    sender.startPage(encoded(1, 2));
    sender.send();
    assertTrue(sender.hasPage());
    assertFalse(sender.isReady());
    slow.readAll();
    sender.send();
    assertEquals(List.of("replay 1", "replay 2", "replay_complete 2"), slow.frames());
    assertFalse(sender.hasPage());
  }

  @Test
  void progressIsTheLastCursorThatWasHandedOver() {
    SubscriptionSender sender = sender(join(2, 4), 0, false);
    assertEquals(2, sender.progress().sentCursor());
    sender.startPage(encoded(3, 4));
    sender.send();
    assertEquals(4, sender.progress().sentCursor());
    assertEquals(3, sender.progress().inFlight());
    client.readAll();
    assertEquals(0, sender.progress().inFlight());
  }

  @Test
  void aResyncIsNumberedAndTellsFromWhereToWhere() {
    SubscriptionSender sender = sender(join(2, 4), 0, false);
    ResyncRecord first = sender.resync(snapshot("lagged", at(8, 6))).orElseThrow();
    ResyncRecord second = sender.resync(snapshot("lagged", at(9, 9))).orElseThrow();
    assertEquals(new ResyncRecord(1, "lagged", 2, "one", at(8, 6)), first);
    assertEquals(new ResyncRecord(2, "lagged", 8, "one", at(9, 9)), second);
    assertEquals(
        List.of("snapshot lagged 8", "replay_complete 8", "snapshot lagged 9"), client.frames());
    assertEquals(2, sender.progress().resyncs());
  }

  @Test
  void nothingIsSentOnceItIsClosed() {
    SubscriptionSender sender = sender(join(0, 2), 0, false);
    sender.startPage(encoded(1, 2));
    sender.close();
    sender.send();
    sender.completeReplay();
    assertTrue(sender.resync(snapshot("lagged", at(8, 6))).isEmpty());
    assertEquals(List.of(), client.messages());
    assertFalse(sender.isReady());
  }

  private SubscriptionSender sender(JoinOutcome outcome, long batchBytes, boolean compact) {
    return new SubscriptionSender(client, outcome, batchBytes, compact);
  }
}
