package dev.tidemark.turn;

import dev.tidemark.agent.TurnOverException;
import dev.tidemark.agent.TurnOverException.Cause;
import dev.tidemark.config.Settings;
import dev.tidemark.config.TurnSettings;
import dev.tidemark.log.Draft;
import dev.tidemark.log.EntityLookup;
import dev.tidemark.log.EventLog;
import dev.tidemark.session.SessionStates;
import dev.tidemark.wire.EventFrame;
import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.hibernate.Session;

/**
 * The transitions of a turn other than its start, its output and its normal end: see {@link
 * TurnStarts}, {@link TurnEvents}, {@link TurnEnds}. Here too each step is one transaction with its
 * events. It takes the session's lock before it reads the turn: so a turn that was taken from its
 * node can add nothing more, and a turn ends once.
 */
@Stateless
public class TurnTransitions {
  @PersistenceContext EntityManager entities;
  @Inject EventLog log;
  @Inject SessionStates states;
  @Inject Settings settings;
  @Inject Event<TurnQueued> queued;

  /** Merges a patch into the session's state, and appends the event for it. */
  public JsonObject mergeState(Turn turn, Draft draft, JsonObject patch) {
    requireGoing(turn);
    EventFrame event = log.append(turn.sessionKey, List.of(draft)).get(0);
    return states.merge(turn.sessionKey, patch, event.cursor());
  }

  /** The session's state, if the event that changed it was appended after all. */
  public Optional<JsonObject> stateIfHeld(Turn turn, UUID eventId) {
    log.lock(turn.sessionKey);
    return log.holds(turn.sessionKey, turn.startedCursor, eventId)
        ? Optional.of(states.read(turn.sessionKey))
        : Optional.empty();
  }

  /** True if the event was appended after all, else empty. */
  public Optional<Boolean> isHeld(Turn turn, UUID eventId) {
    log.lock(turn.sessionKey);
    return log.holds(turn.sessionKey, turn.startedCursor, eventId)
        ? Optional.of(true)
        : Optional.empty();
  }

  /**
   * Takes a turn from its node, and queues another one for the same message if {@code retry} is set
   * and attempts remain. A turn with an abort request ends as aborted and is not tried again.
   *
   * @param stillIn condition checked under the lock: the turn may have ended or its lease may have
   *     been renewed since it was found
   */
  public void interrupt(UUID turnId, String reason, boolean retry, Predicate<Turn> stillIn) {
    Turn found = EntityLookup.get(entities, Turn.class, turnId);
    log.lock(found.sessionKey);
    entities.refresh(found);
    if (found.status() != TurnStatus.RUNNING || !stillIn.test(found)) {
      return;
    }
    if (found.abortRequestedAt == null) {
      interrupt(found, reason, retry && found.attempt < settings.get(TurnSettings.ATTEMPTS));
    } else {
      ended(found, TurnOutcome.aborted(found, reasonOf(found)));
    }
    queued.fire(new TurnQueued(found.sessionKey));
  }

  private void interrupt(Turn turn, String reason, boolean retried) {
    ended(turn, TurnOutcome.interrupted(turn, reason, retried));
    if (retried) {
      entities.persist(
          Turn.queued(
              turn.sessionKey, turn.messageCursor, turn.messageId, turn.agentId, turn.attempt + 1));
    }
  }

  private void ended(Turn turn, TurnOutcome outcome) {
    EventFrame terminal = log.append(turn.sessionKey, outcome.drafts(turn)).get(0);
    TurnSql.Ended ended = new TurnSql.Ended(outcome.status(), terminal);
    entities.unwrap(Session.class).doWork(connection -> TurnSql.end(connection, List.of(ended)));
  }

  private static String reasonOf(Turn turn) {
    return turn.abortReason == null ? "user" : turn.abortReason;
  }

  private void requireGoing(Turn turn) {
    log.lock(turn.sessionKey);
    Turn now = EntityLookup.find(entities, Turn.class, turn.turnId).orElse(null);
    if (!isOurs(now)) {
      throw new TurnOverException(Cause.LEASE_LOST);
    }
    if (now.abortRequestedAt != null) {
      throw new TurnOverException(Cause.ABORTED);
    }
  }

  /**
   * The fence: a node that was wrongly thought dead finds its turn taken; after a restore it may
   * find none.
   */
  private boolean isOurs(Turn turn) {
    return turn != null
        && turn.status() == TurnStatus.RUNNING
        && settings.nodeName().equals(turn.leaseOwner);
  }
}
