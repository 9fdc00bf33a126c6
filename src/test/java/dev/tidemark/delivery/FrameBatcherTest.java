package dev.tidemark.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.wire.EncodedFrame;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Frames are batched into messages: here of up to ten bytes, one frame a line. */
final class FrameBatcherTest {
  private final FakeClient client = new FakeClient(2);
  private final FrameBatcher batcher = new FrameBatcher(client, 10);

  @Test
  void framesThatAreReadyTogetherAreLinesOfOneMessage() {
    batcher.add(frame("aaa"));
    batcher.add(frame("bbb"));
    assertEquals(List.of(), client.messages());
    batcher.send();
    assertEquals(List.of("aaa\nbbb"), client.messages());
    batcher.send();
    assertEquals(List.of(), client.messages());
  }

  @Test
  void aClientThatTakesOneFrameGetsEachAlone() {
    FrameBatcher single = new FrameBatcher(client, 0);
    single.add(frame("aaa"));
    single.add(frame("bbb"));
    assertEquals(List.of("aaa", "bbb"), client.messages());
  }

  @Test
  void aMessageIsSentBeforeItBecomesTooLarge() {
    batcher.add(frame("aaa"));
    batcher.add(frame("bbb"));
    batcher.add(frame("ccc"));
    assertEquals(List.of("aaa\nbbb"), client.messages());
    batcher.send();
    assertEquals(List.of("ccc"), client.messages());
  }

  @Test
  void aFrameAsLargeAsAMessageGoesAloneAfterThoseBefore() {
    batcher.add(frame("aaa"));
    batcher.add(frame("0123456789"));
    assertEquals(List.of("aaa", "0123456789"), client.messages());
  }

  @Test
  void aMessageThatIsBegunTakesMoreFramesAlsoIfTheWindowIsFull() {
    assertTrue(batcher.hasRoomFor(frame("aaa")));
    batcher.add(frame("aaa"));
    client.send(frame("x"));
    client.send(frame("y"));
    assertFalse(client.hasRoom());
    assertTrue(batcher.hasRoomFor(frame("bbb")));
  }

  @Test
  void aNewMessageNeedsRoom() {
    batcher.add(frame("aaaaaaa"));
    client.send(frame("x"));
    assertFalse(batcher.hasRoomFor(frame("bbb")), "the message before took the last of it");
    assertEquals(List.of("x", "aaaaaaa"), client.messages());
    client.readAll();
    assertTrue(batcher.hasRoomFor(frame("bbb")));
  }

  @Test
  void readyLinesGoAfterTheFramesThatWereAddedIfThereIsRoom() {
    batcher.add(frame("aaa"));
    assertTrue(batcher.sendLines(frame("b\nc")));
    assertEquals(List.of("aaa", "b\nc"), client.messages());
    assertFalse(batcher.sendLines(frame("d\ne")));
    assertEquals(List.of(), client.messages());
  }

  private static EncodedFrame frame(String text) {
    return new EncodedFrame(text, text.length());
  }
}
