package dev.tidemark.socket;

import dev.tidemark.ops.Setting;
import dev.tidemark.ops.Settings;
import dev.tidemark.wire.ErrorCode;
import dev.tidemark.wire.Utf8;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * What comes from one client. The server's callbacks put frames together and aside; they are
 * handled one at a time, by whichever thread has the connection from the queue of those that are
 * ready: whoever raises the pending wakes from zero puts it there.
 */
final class Inbound {
  private final Connection connection;
  private final Consumer<Connection> ready;
  private final long mostPayloadBytes;
  private final Mailbox mailbox;
  private final StringBuilder partial = new StringBuilder();
  private final AtomicInteger pendingWakes = new AtomicInteger();
  private long partialBytes;

  /**
   * @param ready gets the connection handled soon, on a thread that may wait
   */
  Inbound(Connection connection, Settings settings, Consumer<Connection> ready) {
    this.connection = connection;
    this.ready = ready;
    mostPayloadBytes = settings.number(Setting.MAX_PAYLOAD);
    mailbox =
        new Mailbox(settings.count(Setting.MAILBOX_FRAMES), settings.number(Setting.MAILBOX_BYTES));
  }

  /** Takes in a part of a text message; called by the server, one callback at a time. */
  void received(String part, boolean last) {
    if (connection.hasEnded()) {
      return;
    }
    partialBytes += Utf8.length(part);
    if (partialBytes > mostPayloadBytes) {
      connection.end(
          ErrorCode.PAYLOAD_TOO_LARGE,
          "A message may have at most " + mostPayloadBytes + " bytes.");
      return;
    }
    partial.append(part);
    if (last) {
      putAside(Optional.of(partial.toString()));
      partial.setLength(0);
      partialBytes = 0;
    }
  }

  /** Takes in that there was a binary message. */
  void receivedBinary() {
    if (!connection.hasEnded()) {
      putAside(Optional.empty());
    }
  }

  private void putAside(Optional<String> frame) {
    if (mailbox.offer(frame)) {
      wake();
    } else {
      connection.end(
          ErrorCode.TOO_FAST,
          "Too many frames wait to be handled. Come back and send what was not acknowledged.");
    }
  }

  /** Says that the client takes answers again, so that a waiting frame can be handled. */
  void roomAgain() {
    if (!mailbox.isEmpty()) {
      wake();
    }
  }

  private void wake() {
    if (pendingWakes.getAndIncrement() == 0) {
      ready.accept(connection);
    }
  }

  /**
   * Handles the next frame, if there is one and the client takes its answers; queues the connection
   * again if more is to be done.
   */
  void handleNext(FrameHandler handler) {
    int claimed = pendingWakes.get();
    if (mayHandle()) {
      Optional<String> frame = mailbox.poll();
      if (frame != null) {
        handler.handle(connection, frame);
      }
    }
    if (mayHandle() || pendingWakes.addAndGet(-claimed) > 0) {
      ready.accept(connection);
    }
  }

  private boolean mayHandle() {
    return !connection.hasEnded() && !mailbox.isEmpty() && connection.outbound().hasRoom();
  }

  /** Forgets what waits. */
  void clear() {
    mailbox.clear();
  }
}
