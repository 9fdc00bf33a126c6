package dev.tidemark.turn;

import dev.tidemark.agent.TurnOverException;
import dev.tidemark.agent.TurnOverException.Cause;
import dev.tidemark.config.Settings;
import dev.tidemark.log.Draft;
import dev.tidemark.log.EntityLookup;
import dev.tidemark.log.EventLog;
import dev.tidemark.session.SessionStates;
import dev.tidemark.wire.EventFrame;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The rare steps of a turn in transactions of the container: a merge into the session's state, and
 * the question whether an earlier step was committed after all. Each takes the session's lock
 * before it reads the turn: so a turn that was taken from its node can add nothing more. A step
 * waits for the lock for a moment only, with its connection, and is then repeated by {@link
 * StorageRetry}.
 */
@Stateless
public class TurnTransitions {
  @PersistenceContext EntityManager entities;
  @Inject EventLog log;
  @Inject SessionStates states;
  @Inject Settings settings;

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
