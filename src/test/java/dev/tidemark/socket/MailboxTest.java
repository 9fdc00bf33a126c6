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

  @Test
  void framesComeOutInTheOrderInWhichTheyCameIn() {
    Mailbox mailbox = new Mailbox(10, 100);
    assertTrue(mailbox.offer(frame("a")));
    assertTrue(mailbox.offer(BINARY));
    assertTrue(mailbox.offer(frame("b")));
    assertEquals(frame("a"), mailbox.poll());
    assertEquals(BINARY, mailbox.poll());
    assertEquals(frame("b"), mailbox.poll());
    assertNull(mailbox.poll());
    assertTrue(mailbox.isEmpty());
  }

  @Test
  void oneFrameTooManyIsRefusedUntilOneIsTaken() {
    Mailbox mailbox = new Mailbox(2, 100);
    assertTrue(mailbox.offer(frame("a")));
    assertTrue(mailbox.offer(BINARY));
    assertFalse(mailbox.offer(frame("c")));
    mailbox.poll();
    assertTrue(mailbox.offer(frame("c")));
  }

  @Test
  void bytesAreThoseOfUtf8AndAreGivenBack() {
    Mailbox mailbox = new Mailbox(100, 10);
    assertTrue(mailbox.offer(frame("\u20ac\u20ac\u20ac"))); // 9 bytes
    assertTrue(mailbox.offer(frame("x")));
    assertFalse(mailbox.offer(frame("x")));
    mailbox.poll();
    assertTrue(mailbox.offer(frame("123456789")));
    assertFalse(mailbox.offer(frame("x")));
  }

  @Test
  void aRefusedFrameCostsNothing() {
    Mailbox mailbox = new Mailbox(100, 10);
    assertFalse(mailbox.offer(frame("01234567890")));
    assertTrue(mailbox.offer(frame("0123456789")));
  }

  @Test
  void aClearedMailboxHasAllItsRoomAgain() {
    Mailbox mailbox = new Mailbox(1, 10);
    assertTrue(mailbox.offer(frame("0123456789")));
    assertEquals(frame("0123456789").heapBytes(), mailbox.clear());
    assertTrue(mailbox.isEmpty());
    assertTrue(mailbox.offer(frame("0123456789")));
  }
}
