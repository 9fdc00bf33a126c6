package dev.tidemark.delivery;

import dev.tidemark.session.DeliveryRecord.Progress;
import dev.tidemark.session.JoinOutcome;
import dev.tidemark.session.ResyncRecord;
import dev.tidemark.wire.EncodedEvent;
import dev.tidemark.wire.EncodedFrame;
import dev.tidemark.wire.Replay;
import dev.tidemark.wire.ReplayBlock;
import dev.tidemark.wire.ReplayComplete;
import dev.tidemark.wire.SnapshotFrame;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Sends one client its session's log, page by page: as {@code replay} frames up to the head at the
 * join, then {@code replay_complete}, then the events as they are (R4).
 *
 * <p>Used by one thread at a time, the one that looks, except {@link #close} and {@link #progress}:
 * the monitor is held for each send, so that nothing is sent once {@code close} has returned.
 */
final class SubscriptionSender {
  private final ClientSink clientSink;
  private final FrameBatcher batcher;
  private final long replayUntil;
  private final boolean hadToReplay;
  private final boolean compact;
  private volatile String epoch;
  private volatile long next;
  private List<EncodedEvent> page = List.of();
  private int sent;
  private long pageBytes;
  private volatile boolean replaying = true;
  private boolean closed;
  private final long joinedNanos = System.nanoTime();
  private OptionalLong replayNanos = OptionalLong.empty();
  private int resyncs;

  /**
   * @param batchBytes the size limit of a text message of several frames, 0 if the client takes
   *     only one
   * @param compact whether its replay may leave out the deltas that a {@code response} stands for
   */
  SubscriptionSender(ClientSink clientSink, JoinOutcome outcome, long batchBytes, boolean compact) {
    this.clientSink = clientSink;
    this.compact = compact;
    batcher = new FrameBatcher(clientSink, batchBytes);
    epoch = outcome.position().epoch();
    next = outcome.baseline() + 1;
    replayUntil = outcome.position().head();
    hadToReplay = next <= replayUntil;
  }

  /** The epoch of the events that the client is sent. */
  String epoch() {
    return epoch;
  }

  /** The cursor of the event that the client needs next. */
  long next() {
    return next;
  }

  /** The last cursor that is replayed. */
  long replayUntil() {
    return replayUntil;
  }

  /** Whether deltas are left out: only in the replay of a client that named {@code compact}. */
  boolean isCompacting() {
    return compact && replaying && next <= replayUntil;
  }

  /** Whether the client may be sent something now. */
  boolean isReady() {
    return clientSink.hasRoom() && !isClosed();
  }

  /** Whether the client has not been told yet that its replay is complete. */
  boolean isReplaying() {
    return replaying && !isClosed();
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** When this returns, nothing more is sent. */
  synchronized void close() {
    closed = true;
  }

  boolean hasPage() {
    return !page.isEmpty();
  }

  /** Sends these events from now on, instead of the rest of the page before. */
  void startPage(List<EncodedEvent> events) {
    page = events;
    sent = 0;
    pageBytes = 0;
  }

  /** Forgets the rest of the page, unless the node has the memory to keep it for this client. */
  void keepOrForgetPage() {
    if (hasPage() && pageBytes == 0) {
      pageBytes = page.stream().mapToLong(EncodedEvent::weight).sum();
    }
    if (!clientSink.mayKeep(pageBytes)) {
      startPage(List.of());
    }
  }

  /** Tells the client once that its replay is complete. */
  synchronized void completeReplay() {
    if (replaying && next > replayUntil && !closed) {
      batcher.add(EncodedFrame.of(new ReplayComplete(next - 1)));
      batcher.send();
      endReplay();
    }
  }

  /**
   * Begins again at a snapshot, which completes the replay.
   *
   * @return the resync for the record; nothing if the subscription is closed
   */
  synchronized Optional<ResyncRecord> resync(SnapshotFrame snapshot) {
    if (closed) {
      clientSink.snapshotSent();
      return Optional.empty();
    }
    clientSink.send(EncodedFrame.of(snapshot));
    clientSink.snapshotSent();
    resyncs++;
    ResyncRecord resyncRecord =
        new ResyncRecord(resyncs, snapshot.reason(), next - 1, epoch, snapshot.position());
    epoch = snapshot.position().epoch();
    next = snapshot.position().head() + 1;
    if (replaying) {
      clientSink.send(EncodedFrame.of(new ReplayComplete(next - 1)));
      endReplay();
    }
    return Optional.of(resyncRecord);
  }

  private void endReplay() {
    replaying = false;
    if (hadToReplay) {
      replayNanos = OptionalLong.of(System.nanoTime() - joinedNanos);
    }
  }

  /** The time from the join to the end of the replay; empty before, or with nothing to replay. */
  synchronized OptionalLong replayNanos() {
    return replayNanos;
  }

  /**
   * The progress of the client. Between two sends the batcher is empty: all frames are with the
   * sink.
   */
  synchronized Progress progress() {
    return new Progress(next - 1, clientSink.inFlight(), resyncs);
  }

  /**
   * Sends the page as far as there is room.
   *
   * @return how the node heard of the first event that was sent live, if it is known
   */
  synchronized Optional<EncodedEvent.Heard> send() {
    EncodedEvent.Heard heard = null;
    boolean room = true;
    while (room && !closed && sent < page.size()) {
      ReplayBlock block =
          isReplayingDense() ? ReplayBlock.of(page.subList(sent, page.size())) : null;
      boolean live = !replaying;
      EncodedEvent event = page.get(sent);
      room = block == null ? sendEvent(event) : sendBlock(block);
      if (live && room && heard == null) {
        heard = event.heard();
      }
      completeReplay();
    }
    batcher.send();
    if (sent == page.size()) {
      startPage(List.of());
    }
    return Optional.ofNullable(heard);
  }

  private boolean isReplayingDense() {
    return replaying && !compact;
  }

  private boolean sendEvent(EncodedEvent event) {
    requireNext(event);
    EncodedFrame frame = replaying ? new Replay(event, next).text() : event.live();
    return add(frame, event.cursor() + 1);
  }

  /** Sends the next frames of a block, as one message if they are all of it and fit. */
  private boolean sendBlock(ReplayBlock block) {
    requireNext(page.get(sent));
    int held = Math.min(block.from(next), page.size() - sent);
    int wanted = (int) Math.min(held, replayUntil - next + 1);
    long following = next + wanted;
    if (wanted == ReplayBlock.EVENTS && batcher.fits(block.together())) {
      if (!batcher.sendLines(block.together())) {
        return false;
      }
      sent += wanted;
      next = following;
      return true;
    }
    boolean room = true;
    while (room && next < following) {
      room = add(block.replay(next), next + 1);
    }
    return room;
  }

  /**
   * Adds the frame of the next event of the page.
   *
   * @param following the cursor that the client needs after it
   * @return whether the client had room for it
   */
  private boolean add(EncodedFrame frame, long following) {
    if (!batcher.hasRoomFor(frame)) {
      return false;
    }
    batcher.add(frame);
    sent++;
    next = following;
    return true;
  }

  /** Never allows a gap, whatever else may be wrong (R4). */
  private void requireNext(EncodedEvent event) {
    boolean isOmitted = isCompacting() && event.cursor() > next;
    if (event.cursor() != next && !isOmitted) {
      throw new IllegalStateException("Event %d instead of %d.".formatted(event.cursor(), next));
    }
  }
}
