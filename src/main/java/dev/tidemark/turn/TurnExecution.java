package dev.tidemark.turn;

import dev.tidemark.agent.Agent;
import dev.tidemark.agent.Agents;
import dev.tidemark.agent.PublicTurnException;
import dev.tidemark.agent.TurnInput;
import dev.tidemark.agent.TurnOutput;
import dev.tidemark.agent.TurnOverException;
import dev.tidemark.agent.TurnOverException.Cause;
import dev.tidemark.config.LogSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.log.SessionNames;
import dev.tidemark.wire.JsonModel;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Runs the agent for one turn and determines the outcome. */
final class TurnExecution {
  private static final Logger LOG = Logger.getLogger(TurnExecution.class);

  /** Bytes reserved for the payload of a response around its content. */
  private static final long ENVELOPE_BYTES = 512;

  private final Agents agents;
  private final TurnTransitions transitions;
  private final TurnEvents events;
  private final StorageRetry storageRetry;
  private final Settings settings;
  private final SessionNames names;

  TurnExecution(
      Agents agents,
      TurnTransitions transitions,
      TurnEvents events,
      StorageRetry storageRetry,
      Settings settings,
      SessionNames names) {
    this.agents = agents;
    this.transitions = transitions;
    this.events = events;
    this.storageRetry = storageRetry;
    this.settings = settings;
    this.names = names;
  }

  /**
   * @param sessionId the session's public id
   * @throws TurnOverException if the turn is not this node's any more
   */
  TurnOutcome execute(String sessionId, TurnTexts texts, TurnRun running) {
    Turn turn = running.turn();
    Optional<Agent> agent = agents.find(turn.agentId);
    if (agent.isEmpty()) {
      return TurnOutcome.failed(
          turn, "unknown_agent", "This node has no agent '" + turn.agentId + "'.");
    }
    if (turn.abortRequestedAt != null) {
      running.over(Cause.ABORTED);
    }
    TurnOutputWriter output =
        new TurnOutputWriter(
            running,
            transitions,
            events,
            storageRetry,
            settings.get(LogSettings.EVENT_BYTES) - ENVELOPE_BYTES);
    Optional<TurnOutcome> failure =
        run(agent.get(), input(sessionId, texts, running), output, turn, running);
    return failure.orElseGet(
        () ->
            running
                .over()
                .map(why -> outcomeFor(turn, why))
                .orElseGet(() -> TurnOutcome.completed(turn, output.answer())));
  }

  private Optional<TurnOutcome> run(
      Agent agent, TurnInput input, TurnOutput output, Turn turn, TurnRun running) {
    try {
      agent.run(input, output);
      return Optional.empty();
    } catch (TurnOverException e) {
      running.over(e.why());
      return Optional.of(outcomeFor(turn, running.over().orElse(e.why())));
    } catch (PublicTurnException e) {
      return Optional.of(TurnOutcome.failed(turn, "agent_error", e.getMessage()));
    } catch (Throwable e) { // An agent is foreign code: whatever it throws, its turn must end.
      LOG.errorf(
          e,
          "TIDE0305 Turn %s of %s: agent '%s' failed.",
          turn.turnId,
          names.of(turn.sessionKey),
          turn.agentId);
      return Optional.of(TurnOutcome.failed(turn, "agent_error", "The agent failed."));
    }
  }

  private static TurnInput input(String sessionId, TurnTexts texts, TurnRun running) {
    Turn turn = running.turn();
    return new TurnInput(
        sessionId,
        turn.turnId.toString(),
        turn.messageId,
        JsonModel.parse(texts.content()),
        JsonModel.parse(texts.metadata()).asJsonObject(),
        JsonModel.parse(texts.state()).asJsonObject(),
        turn.attempt,
        running.deadline());
  }

  /**
   * @throws TurnOverException if the lease is lost: then another node ends the turn
   */
  static TurnOutcome outcomeFor(Turn turn, Cause why) {
    return switch (why) {
      case ABORTED -> TurnOutcome.aborted(turn, "user");
      case TIME_LIMIT -> TurnOutcome.failed(turn, "time_limit", "The turn's time is up.");
      case OUTPUT_TOO_LARGE ->
          TurnOutcome.failed(turn, "output_too_large", "The answer is too large.");
      case NODE_STOPPING -> TurnOutcome.interrupted(turn, "node_stopping", false);
      case LEASE_LOST -> throw new TurnOverException(Cause.LEASE_LOST);
    };
  }
}
