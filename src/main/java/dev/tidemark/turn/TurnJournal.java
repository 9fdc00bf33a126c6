package dev.tidemark.turn;

import dev.tidemark.log.Draft;
import dev.tidemark.log.EventLog;
import dev.tidemark.log.Rows;
import dev.tidemark.ops.Setting;
import dev.tidemark.ops.Settings;
import dev.tidemark.session.Session;
import dev.tidemark.session.SessionMessages;
import dev.tidemark.session.SessionMessages.Role;
import dev.tidemark.session.SessionStates;
import dev.tidemark.turn.TurnOverException.Cause;
import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.EventTypes;
import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * What happens to a turn, each step in one transaction with the events that tell of it. Every step
 * takes the session's lock first and then looks at the turn: so turns of one session run one after
 * another on however many nodes, a turn that was taken from its node can add nothing any more, and
 * a turn ends once.
 */
@Stateless
public class TurnJournal {
  @PersistenceContext EntityManager entities;
  @Inject EventLog log;
  @Inject SessionMessages messages;
  @Inject SessionStates states;
  @Inject Settings settings;
  @Inject Event<TurnQueued> queued;

  /** Starts the next turn of a session, unless one is running or none is waiting. */
  public Optional<StartedTurn> start(long sessionKey) {
    log.lock(sessionKey);
    boolean running = !withStatus(sessionKey, TurnStatus.RUNNING).isEmpty();
    return running
        ? Optional.empty()
        : withStatus(sessionKey, TurnStatus.QUEUED).stream().findFirst().map(this::started);
  }

  private List<Turn> withStatus(long sessionKey, TurnStatus status) {
    return entities
        .createQuery(
            "select t from Turn t where t.sessionKey = :key and t.status = :status order by t.turnNumber",
            Turn.class)
        .setParameter("key", sessionKey)
        .setParameter("status", status.text())
        .setMaxResults(1)
        .getResultList();
  }

  private StartedTurn started(Turn turn) {
    EventFrame event =
        log.append(
                turn.sessionKey,
                List.of(
                    Draft.ofTurn(
                        turn.turnId,
                        EventTypes.TURN_STARTED,
                        turn.agentId,
                        Payloads.turnStarted(turn))))
            .get(0);
    turn.status = TurnStatus.RUNNING.text();
    turn.startedAt = event.timestamp();
    turn.startedCursor = event.cursor();
    turn.leaseOwner = settings.nodeName();
    turn.leaseEndsAt = event.timestamp().plus(settings.duration(Setting.TURN_LEASE));
    SessionMessages.Said said =
        messages
            .at(turn.sessionKey, turn.messageCursor)
            .orElseThrow(
                () -> new IllegalStateException("Turn " + turn.turnId + " has no message."));
    return new StartedTurn(
        turn,
        Rows.get(entities, Session.class, turn.sessionKey).sessionId(),
        said,
        states.read(turn.sessionKey));
  }

  /**
   * Appends what a running turn says.
   *
   * @throws TurnOverException if the turn is not this node's any more, or a client asked for its
   *     end
   */
  public List<EventFrame> append(Turn turn, List<Draft> drafts) {
    requireGoing(turn);
    return log.append(turn.sessionKey, drafts);
  }

  /** Merges into the session's state, and says so in the log. */
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

  /** Something, if the event was appended after all. */
  public Optional<List<EventFrame>> framesIfHeld(Turn turn, UUID eventId) {
    log.lock(turn.sessionKey);
    return log.holds(turn.sessionKey, turn.startedCursor, eventId)
        ? Optional.of(List.of())
        : Optional.empty();
  }

  /**
   * Ends a running turn of this node, with its one terminal event, {@code stream_end} and its
   * answer among the messages. Does nothing if the turn is not this node's any more, or has ended.
   */
  public void end(Turn turn, Ending ending) {
    log.lock(turn.sessionKey);
    Turn now = Rows.find(entities, Turn.class, turn.turnId).orElse(null);
    if (isOurs(now)) {
      // The reason of an abort came after this node had read the turn.
      ended(
          now, ending.status() == TurnStatus.ABORTED ? Ending.aborted(now, reasonOf(now)) : ending);
    }
  }

  /**
   * Takes a turn from the node that ran it, and queues another one for the same message if that is
   * wanted.
   *
   * @param stillIn asked under the lock: the turn may have ended or its lease may have been renewed
   *     since it was found
   */
  public void interrupt(UUID turnId, String reason, boolean retry, Predicate<Turn> stillIn) {
    Turn found = Rows.get(entities, Turn.class, turnId);
    log.lock(found.sessionKey);
    entities.refresh(found);
    if (found.status() != TurnStatus.RUNNING || !stillIn.test(found)) {
      return;
    }
    if (found.abortRequestedAt != null) {
      ended(found, Ending.aborted(found, reasonOf(found)));
      return;
    }
    boolean retried = retry && found.attempt < settings.count(Setting.TURN_ATTEMPTS);
    ended(found, Ending.interrupted(found, reason, retried));
    if (retried) {
      entities.persist(
          Turn.queued(
              found.sessionKey,
              found.messageCursor,
              found.messageId,
              found.agentId,
              found.attempt + 1));
    }
    queued.fire(new TurnQueued(found.sessionKey));
  }

  private void ended(Turn turn, Ending ending) {
    List<EventFrame> events =
        log.append(
            turn.sessionKey,
            List.of(
                Draft.ofTurn(
                    turn.turnId, ending.status().terminalEvent(), turn.agentId, ending.data()),
                Draft.ofTurn(
                    turn.turnId,
                    EventTypes.STREAM_END,
                    turn.agentId,
                    Payloads.streamEnd(ending.status()))));
    EventFrame terminal = events.get(0);
    ending
        .answer()
        .ifPresent(
            answer ->
                messages.keep(
                    turn.sessionKey,
                    terminal,
                    Role.AGENT,
                    turn.turnId.toString(),
                    answer,
                    Json.createObjectBuilder().build()));
    turn.status = ending.status().text();
    turn.endedAt = terminal.timestamp();
    turn.endedCursor = terminal.cursor();
    turn.leaseOwner = null;
    turn.leaseEndsAt = null;
  }

  private static String reasonOf(Turn turn) {
    return turn.abortReason == null ? "user" : turn.abortReason;
  }

  private void requireGoing(Turn turn) {
    log.lock(turn.sessionKey);
    Turn now = Rows.find(entities, Turn.class, turn.turnId).orElse(null);
    if (!isOurs(now)) {
      throw new TurnOverException(Cause.LEASE_LOST);
    }
    if (now.abortRequestedAt != null) {
      throw new TurnOverException(Cause.ABORTED);
    }
  }

  /**
   * The fence: a node that was thought dead, and is not, finds its turn in other hands; after a
   * restore it may find none.
   */
  private boolean isOurs(Turn turn) {
    return turn != null
        && turn.status() == TurnStatus.RUNNING
        && settings.nodeName().equals(turn.leaseOwner);
  }
}
