package dev.tidemark.log;

import dev.tidemark.wire.EventFrame;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Events to be appended to one session, all or none, and the {@link AppendParticipant} that takes
 * part in their transaction. Equal only to itself.
 */
final class Append {
  private final long sessionKey;
  private final Object laneName;
  private final List<Draft> drafts;
  private final long bytes;
  private final AppendParticipant<Object> participant;
  private final Object subject;
  private final long requestedNanos = System.nanoTime();
  private final CompletableFuture<List<EventFrame>> done = new CompletableFuture<>();

  // Of the backlog that it waits in, and guarded by its monitor: its lane, the append behind it,
  // whether it was committed, was refused or failed.
  Lanes.Lane lane;
  Append next;
  boolean settled;

  /**
   * @param laneName name of the lane in which it waits: whose share of the writer it uses
   * @param drafts the events; may be empty if the participant supplies them under the lock
   * @param maxBytes the size limit of one payload, in bytes
   * @param participant the participant, or {@code null}
   * @throws PayloadTooLargeException if a payload is larger
   */
  @SuppressWarnings("unchecked") // the participant is only ever given the subject that came with it
  <S> Append(
      long sessionKey,
      Object laneName,
      List<Draft> drafts,
      long maxBytes,
      AppendParticipant<S> participant,
      S subject) {
    this.sessionKey = sessionKey;
    this.laneName = laneName;
    if (drafts.isEmpty() && participant == null) {
      throw new IllegalArgumentException("An append has at least one event.");
    }
    this.drafts = List.copyOf(drafts);
    this.participant = (AppendParticipant<Object>) participant;
    this.subject = subject;
    long sum = 0;
    for (Draft draft : drafts) {
      sum += PayloadTooLargeException.bytesOf(draft, maxBytes);
    }
    bytes = sum;
  }

  long sessionKey() {
    return sessionKey;
  }

  Object laneName() {
    return laneName;
  }

  List<Draft> drafts() {
    return drafts;
  }

  /** The number of events that it counts for: at least 1. */
  int events() {
    return Math.max(1, drafts.size());
  }

  /** The total size of the payloads. */
  long bytes() {
    return bytes;
  }

  AppendParticipant<Object> participant() {
    return participant;
  }

  /** Whether its participant has rows to write when the events are written. */
  boolean writesBeside() {
    return participant != null && participant.writes();
  }

  /** Whether what its participant writes may change the verdicts on what comes behind it. */
  boolean changesVerdicts() {
    return participant != null && participant.changesVerdicts();
  }

  Object subject() {
    return subject;
  }

  /** The time of its making, by {@link System#nanoTime}. */
  long requestedNanos() {
    return requestedNanos;
  }

  /** Completed when the events are committed or have failed. */
  CompletableFuture<List<EventFrame>> done() {
    return done;
  }
}
