package dev.tidemark.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Frames wait to be handled in order, bounded in number and in bytes. */
final class MailboxTest {
  @Test
  void framesComeOutInTheOrderInWhichTheyCameIn() {
    Mailbox mailbox = new Mailbox(10, 100);
    assertTrue(mailbox.offer(Optional.of("a")));
    assertTrue(mailbox.offer(Optional.empty()));
    assertTrue(mailbox.offer(Optional.of("b")));
    assertEquals(Optional.of("a"), mailbox.poll());
    assertEquals(Optional.empty(), mailbox.poll());
    assertEquals(Optional.of("b"), mailbox.poll());
    assertNull(mailbox.poll());
    assertTrue(mailbox.isEmpty());
  }

  @Test
  void oneFrameTooManyIsRefusedUntilOneIsTaken() {
    Mailbox mailbox = new Mailbox(2, 100);
    assertTrue(mailbox.offer(Optional.of("a")));
    assertTrue(mailbox.offer(Optional.empty()));
    assertFalse(mailbox.offer(Optional.of("c")));
    mailbox.poll();
    assertTrue(mailbox.offer(Optional.of("c")));
  }

  @Test
  void bytesAreThoseOfUtf8AndAreGivenBack() {
    Mailbox mailbox = new Mailbox(100, 10);
    assertTrue(mailbox.offer(Optional.of("\u20ac\u20ac\u20ac"))); // 9 bytes
    assertTrue(mailbox.offer(Optional.of("x")));
    assertFalse(mailbox.offer(Optional.of("x")));
    mailbox.poll();
    assertTrue(mailbox.offer(Optional.of("123456789")));
    assertFalse(mailbox.offer(Optional.of("x")));
  }

  @Test
  void aRefusedFrameCostsNothing() {
    Mailbox mailbox = new Mailbox(100, 10);
    assertFalse(mailbox.offer(Optional.of("01234567890")));
    assertTrue(mailbox.offer(Optional.of("0123456789")));
  }

  @Test
  void aClearedMailboxHasAllItsRoomAgain() {
    Mailbox mailbox = new Mailbox(1, 10);
    assertTrue(mailbox.offer(Optional.of("0123456789")));
    mailbox.clear();
    assertTrue(mailbox.isEmpty());
    assertTrue(mailbox.offer(Optional.of("0123456789")));
  }
}
