package dev.tidemark.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.socket.Mailbox.Waiting;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Frames wait to be handled in order, bounded in number and in bytes. */
final class MailboxTest {
  private static final Waiting BINARY = Waiting.of(Optional.empty());

  private static Waiting frame(String text) {
    return Waiting.of(Optional.of(text));
  }

  private static boolean offer(Mailbox mailbox, Waiting frame) {
    return mailbox.offer(frame, false);
  }

  @Test
  void framesComeOutInTheOrderInWhichTheyCameIn() {
    Mailbox mailbox = new Mailbox(10, 100);
    assertTrue(offer(mailbox, frame("a")));
    assertTrue(offer(mailbox, BINARY));
    assertTrue(offer(mailbox, frame("b")));
    assertEquals(frame("a"), mailbox.poll());
    assertEquals(BINARY, mailbox.poll());
    assertEquals(frame("b"), mailbox.poll());
    assertNull(mailbox.poll());
    assertTrue(mailbox.isEmpty());
  }

  @Test
  void oneFrameTooManyIsRefusedUntilOneIsTaken() {
    Mailbox mailbox = new Mailbox(2, 100);
    assertTrue(offer(mailbox, frame("a")));
    assertTrue(offer(mailbox, BINARY));
    assertFalse(offer(mailbox, frame("c")));
    mailbox.poll();
    assertTrue(offer(mailbox, frame("c")));
  }

  @Test
  void bytesAreThoseOfUtf8AndAreGivenBack() {
    Mailbox mailbox = new Mailbox(100, 10);
    assertTrue(offer(mailbox, frame("\u20ac\u20ac\u20ac"))); // 9 bytes
    assertTrue(offer(mailbox, frame("x")));
    assertFalse(offer(mailbox, frame("x")));
    mailbox.poll();
    assertTrue(offer(mailbox, frame("123456789")));
    assertFalse(offer(mailbox, frame("x")));
  }

  @Test
  void aRefusedFrameCostsNothing() {
    Mailbox mailbox = new Mailbox(100, 10);
    assertFalse(offer(mailbox, frame("01234567890")));
    assertTrue(offer(mailbox, frame("0123456789")));
  }

  @Test
  void aClearedMailboxHasAllItsRoomAgain() {
    Mailbox mailbox = new Mailbox(1, 10);
    assertTrue(offer(mailbox, frame("0123456789")));
    assertEquals(frame("0123456789").heapBytes(), mailbox.clear());
    assertTrue(mailbox.isEmpty());
    assertTrue(offer(mailbox, frame("0123456789")));
  }

  @Test
  void heldFramesWaitForTheirReleaseAndAllBehindThem() {
    Mailbox mailbox = new Mailbox(10, 100);
    assertTrue(offer(mailbox, frame("a")));
    assertTrue(mailbox.offer(frame("b"), true));
    assertEquals(frame("a"), mailbox.poll());
    assertFalse(mailbox.hasNext());
    assertNull(mailbox.poll());
    assertFalse(mailbox.isEmpty());
    mailbox.release();
    assertTrue(mailbox.offer(frame("c"), true));
    assertEquals(frame("b"), mailbox.poll());
    assertNull(mailbox.poll());
    assertTrue(offer(mailbox, frame("d"))); // it does not overtake
    assertNull(mailbox.poll());
    mailbox.release();
    assertEquals(frame("c"), mailbox.poll());
    assertEquals(frame("d"), mailbox.poll());
  }

  @Test
  void heldFramesCountAndAreDroppedWithTheOthers() {
    Mailbox mailbox = new Mailbox(1, 100);
    assertTrue(mailbox.offer(frame("a"), true));
    assertFalse(offer(mailbox, frame("b")));
    assertEquals(frame("a").heapBytes(), mailbox.clear());
    assertTrue(mailbox.isEmpty());
    assertTrue(offer(mailbox, frame("b")));
    assertEquals(frame("b"), mailbox.poll());
  }
}
