package dev.tidemark.socket;

import dev.tidemark.access.limit.Charge;
import dev.tidemark.config.Settings;
import dev.tidemark.config.WireSettings;
import dev.tidemark.wire.ClientFrame;
import dev.tidemark.wire.ErrorCode;
import dev.tidemark.wire.FrameCost;
import dev.tidemark.wire.Utf8;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The frames of one client. The server's callbacks assemble them and put them aside. They are
 * handled one at a time, by the thread that took the connection from the queue of ready ones. The
 * wake that raises the number of pending wakes from zero puts the connection there.
 */
final class Inbound {
  /** What a part of a message costs besides its bytes, about: an empty one costs time too. */
  private static final int COST_OF_A_PART = 64;

  private static final OptionalLong SOON = OptionalLong.of(1);

  private final Connection connection;
  private final ReadingPace pace;
  private final Consumer<Connection> ready;
  private final long maxPayloadBytes;
  private final Mailbox mailbox;
  private final Charge charge;
  private final PartialFrame partial;
  private final AtomicInteger pendingWakes = new AtomicInteger();

  /** The heap of the frame that was taken from the mailbox; used by the handling thread only. */
  private long handledBytes;

  /**
   * The frame that was read and is not completely handled. While it joins, the connection is in the
   * lane of the session that it names. Written by the handling thread, read by all.
   */
  private volatile Optional<ClientFrame> frame = Optional.empty();

  /** The rest of the work for the frame that was under way; set by the thread that completes it. */
  private volatile Runnable conclusion;

  private volatile boolean underWay;

  /**
   * @param charge the heap that the frames may take
   * @param pace is told of the bytes that have arrived; while it reads no more, a large frame is
   *     not handled either: so many sockets are no way around it
   * @param ready the queue of connections to be handled soon, on a thread that may wait
   */
  Inbound(
      Connection connection,
      Charge charge,
      Settings settings,
      ReadingPace pace,
      Consumer<Connection> ready) {
    this.pace = pace;
    this.connection = connection;
    this.charge = charge;
    partial = new PartialFrame(charge);
    this.ready = ready;
    maxPayloadBytes = settings.get(WireSettings.MAX_PAYLOAD_BYTES);
    mailbox =
        new Mailbox(
            settings.get(WireSettings.MAILBOX_FRAMES), settings.get(WireSettings.MAILBOX_BYTES));
  }

  /** Takes in a part of a text message; called by the server, one callback at a time. */
  void received(String part, boolean last) {
    long partBytes = Utf8.length(part);
    pace.count(partBytes + COST_OF_A_PART);
    if (connection.hasEnded()) {
      return;
    }
    if (partial.bytesWith(partBytes) > maxPayloadBytes) {
      connection
          .errors()
          .refuseConnection(
              ErrorCode.PAYLOAD_TOO_LARGE,
              "A message may have at most " + maxPayloadBytes + " bytes.");
    } else if (last) {
      partial.end(part).ifPresentOrElse(this::putAside, this::refuseForMemory);
    } else if (!partial.add(part, partBytes)) {
      refuseForMemory();
    }
  }

  /** Notes a pong. */
  void receivedPong() {
    pace.count(COST_OF_A_PART);
  }

  /** Notes a part of a binary message. */
  void receivedBinary(int partBytes, boolean last) {
    pace.count(partBytes + COST_OF_A_PART);
    if (connection.hasEnded() || !last) {
      return;
    }
    Mailbox.Waiting binary = Mailbox.Waiting.of(Optional.empty());
    if (charge.take(binary.heapBytes())) {
      putAside(binary);
    } else {
      refuseForMemory();
    }
  }

  private void putAside(Mailbox.Waiting waiting) {
    boolean held = waiting.bytes() > ReadingPace.RESERVED_BYTES && pace.isPaused();
    if (mailbox.offer(waiting, held)) {
      if (held && !pace.isPaused()) {
        mailbox.release(); // the pause ended meanwhile, before this frame was there
      }
      wake();
    } else {
      charge.give(waiting.heapBytes());
      connection
          .errors()
          .refuseConnection(
              ErrorCode.TOO_FAST,
              "Too many frames wait to be handled. Come back and send what was not acknowledged.");
    }
  }

  /** Nothing was acknowledged, and what was sent before has been or will be: R10 makes it safe. */
  private void refuseForMemory() {
    connection
        .errors()
        .refuseConnection(
            ErrorCode.TOO_FAST,
            "Your frames take all the memory that is yours. Come back and send what was not "
                + "acknowledged.",
            SOON);
  }

  /** Called when the socket is read again: what came too fast may be handled now. */
  void readAgain() {
    mailbox.release();
    roomAgain();
  }

  /** Called when the client accepts replies again, so that a waiting frame can be handled. */
  void roomAgain() {
    if (mailbox.hasNext()) {
      wake();
    }
  }

  /**
   * Queues the connection again if there is something to do and it could not be queued for it, as
   * when a frame was concluded by a thread that has no use for the failure.
   */
  void wakeIfLeft() {
    if (pendingWakes.get() == 0 && (conclusion != null || mayHandle())) {
      wake();
    }
  }

  private void wake() {
    if (pendingWakes.getAndIncrement() == 0) {
      try {
        ready.accept(connection);
      } catch (RuntimeException | Error e) {
        pendingWakes.set(0); // the next wake queues it
        throw e;
      }
    }
  }

  /**
   * Takes the next step, if there is one and the client accepts replies; queues the connection
   * again if there is more to do.
   */
  void handleNext(FrameDispatcher dispatcher) {
    int claimed = pendingWakes.get();
    if (conclusion != null) {
      Runnable due = conclusion;
      conclusion = null;
      underWay = false;
      handled();
      due.run();
    } else if (mayHandle()) {
      handle(dispatcher);
    }
    if (conclusion != null || mayHandle() || pendingWakes.addAndGet(-claimed) > 0) {
      ready.accept(connection);
    }
  }

  /** A frame that joins is handled in the lane of the session that it names. */
  private void handle(FrameDispatcher dispatcher) {
    if (frame.isEmpty()) {
      Mailbox.Waiting waiting = mailbox.poll();
      if (waiting == null) {
        return;
      }
      handledBytes = waiting.heapBytes();
      frame = decode(dispatcher, waiting.text());
      if (sessionToJoin().isPresent()) {
        return;
      }
    }
    Optional<CompletionStage<Runnable>> work =
        frame.flatMap(read -> dispatcher.dispatch(connection, read));
    if (work.isPresent()) {
      await(work.get());
    } else {
      handled();
    }
  }

  /** Parsing may take many times the heap of the text. */
  private Optional<ClientFrame> decode(FrameDispatcher dispatcher, Optional<String> text) {
    if (!dispatcher.admits(connection)) {
      return Optional.empty();
    }
    long heapBytes = text.map(FrameCost::ofHandling).orElse(0L);
    if (!charge.take(heapBytes)) {
      dispatcher.refuseForMemory(connection, text.orElse(""));
      return Optional.empty();
    }
    handledBytes += heapBytes;
    return dispatcher.decode(connection, text);
  }

  private void handled() {
    frame = Optional.empty();
    charge.give(handledBytes);
    handledBytes = 0;
  }

  /** Delays the next frame until this one is handled; no thread waits meanwhile. */
  private void await(CompletionStage<Runnable> work) {
    underWay = true;
    var unused =
        work.whenComplete(
            (remaining, failure) -> {
              conclusion = failure == null ? remaining : connection::failed;
              wake();
            });
  }

  private boolean mayHandle() {
    return !connection.hasEnded()
        && !underWay
        && (frame.isPresent() || mailbox.hasNext())
        && connection.outbound().hasWindow();
  }

  /** Whether no frame is waiting or under way. */
  boolean isIdle() {
    return pendingWakes.get() == 0 && mailbox.isEmpty() && frame.isEmpty() && !underWay;
  }

  /** The lane of this connection: that of its session, or of the session that it wants to join. */
  Object lane() {
    return sessionToJoin()
        .<Object>map(sessionId -> sessionId)
        .or(() -> connection.joinedSession().map(joined -> joined.session().sessionKey()))
        .orElse(connection);
  }

  /** The session that the frame at hand joins. */
  private Optional<String> sessionToJoin() {
    return frame.flatMap(ClientFrame::sessionId);
  }

  /** Drops the frames that wait. */
  void clear() {
    partial.drop();
    charge.give(mailbox.clear());
  }
}
