package dev.tidemark.turn;

import dev.tidemark.config.Settings;
import dev.tidemark.config.TurnSettings;
import dev.tidemark.log.AppendParticipant;
import dev.tidemark.log.Appender;
import dev.tidemark.log.Sender;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Takes turns from their nodes, in the group commits of the log: so a session whose row is held
 * delays no other, and nobody waits for it. The turn's end and the next attempt for its message are
 * one transaction under the session's lock.
 */
@ApplicationScoped
public class TurnInterruptions implements AppendParticipant<TurnInterruptions.Interruption> {
  @Inject Appender appender;
  @Inject Settings settings;
  @Inject Event<TurnQueued> queued;

  /** A turn to be taken; a writer sets what becomes of it. */
  static final class Interruption {
    private final Turn turn;
    private final String reason;
    private final boolean retry;
    private final Optional<Instant> leaseEndsAt;
    private TurnOutcome outcome;
    private boolean isRetried;
    private Sender sender;

    Interruption(Turn turn, String reason, boolean retry, Optional<Instant> leaseEndsAt) {
      this.turn = turn;
      this.reason = reason;
      this.retry = retry;
      this.leaseEndsAt = leaseEndsAt;
    }
  }

  /** Thrown if the turn has ended, or its lease was renewed. */
  private static final class NotTakenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotTakenException() {
      super(null, null, false, false);
    }
  }

  /** Ends a turn that this node runs as interrupted, and as {@link #takeLost} queues another. */
  CompletionStage<Void> handOn(Turn turn, String reason, boolean retry) {
    return take(new Interruption(turn, reason, retry, Optional.empty()));
  }

  /**
   * Takes a turn from a node that is gone, unless it has ended or its lease was renewed since it
   * was found. Another turn for the same message is queued, in the place of the first, if {@code
   * retry} is set and attempts remain. A turn with an abort request ends as aborted and is not
   * tried again. Does not wait.
   *
   * @param found the turn with the end of its lease
   * @return a stage that completes when this is durable, or nothing was to be done
   */
  CompletionStage<Void> takeLost(Turn found, String reason, boolean retry) {
    return take(new Interruption(found, reason, retry, Optional.of(found.leaseEndsAt)));
  }

  private CompletionStage<Void> take(Interruption interruption) {
    return appender
        .append(interruption.turn.sessionKey, List.of(), this, interruption)
        .handle(
            (events, failure) -> {
              if (failure == null || failure instanceof NotTakenException) {
                return null;
              }
              throw new CompletionException(failure);
            });
  }

  @Override
  public List<Verdict> judge(Connection connection, List<Interruption> all) throws SQLException {
    Map<UUID, TurnSql.Running> running =
        TurnSql.running(connection, all.stream().map(one -> one.turn.turnId).toList());
    List<Verdict> verdicts = new ArrayList<>(all.size());
    for (Interruption one : all) {
      TurnSql.Running now = running.get(one.turn.turnId);
      if (now == null || !mayTake(one, now)) {
        verdicts.add(Verdict.refuse(new NotTakenException()));
      } else if (!now.isFree()) {
        verdicts.add(Verdict.HELD);
      } else {
        decide(one, now);
        verdicts.add(Verdict.goWith(one.outcome.drafts(one.turn)));
      }
    }
    return verdicts;
  }

  private boolean mayTake(Interruption one, TurnSql.Running now) {
    return one.leaseEndsAt
        .map(now.leaseEndsAt()::equals)
        .orElseGet(() -> settings.nodeName().equals(now.leaseOwner()));
  }

  private void decide(Interruption one, TurnSql.Running now) {
    one.sender = now.sender();
    one.isRetried =
        one.retry && !now.isAborted() && now.attempt() < settings.get(TurnSettings.ATTEMPTS);
    one.outcome =
        now.isAborted()
            ? TurnOutcome.aborted(one.turn, now.abortReason())
            : TurnOutcome.interrupted(one.turn, one.reason, one.isRetried);
  }

  @Override
  public boolean changesVerdicts() {
    return true;
  }

  @Override
  public void write(Connection connection, List<Written<Interruption>> written)
      throws SQLException {
    TurnSql.end(
        connection,
        written.stream()
            .map(one -> new TurnSql.Ended(one.subject().outcome.status(), one.events().get(0)))
            .toList());
    List<UUID> retried =
        written.stream()
            .map(Written::subject)
            .filter(one -> one.isRetried)
            .map(one -> one.turn.turnId)
            .toList();
    if (!retried.isEmpty()) {
      TurnQueueSql.queueAgain(connection, retried);
    }
  }

  @Override
  public void committed(List<Written<Interruption>> written) {
    written.forEach(one -> queued.fire(new TurnQueued(one.sessionKey(), one.subject().sender)));
  }
}
