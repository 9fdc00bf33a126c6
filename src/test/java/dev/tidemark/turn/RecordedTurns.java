package dev.tidemark.turn;

import dev.tidemark.agent.Agent;
import dev.tidemark.agent.Agents;
import dev.tidemark.agent.TurnInput;
import dev.tidemark.agent.TurnOutput;
import dev.tidemark.config.Settings;
import dev.tidemark.log.Draft;
import dev.tidemark.log.Sender;
import dev.tidemark.log.SessionNames;
import dev.tidemark.wire.JsonModel;
import jakarta.json.JsonObject;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/** Turns in memory instead of in a database: the queue, the events written and the outcomes. */
final class RecordedTurns {
  static final SessionNames NAMES =
      new SessionNames() {
        @Override
        public String of(long sessionKey) {
          return "session 's-%d' of tenant 'default'".formatted(sessionKey);
        }
      };

  static final Sender ALICE = new Sender("default", "alice");

  final Deque<StartedTurn> queue = new ArrayDeque<>();
  final List<Draft> events = new ArrayList<>();
  final List<TurnOutcome> ended = new ArrayList<>();
  final List<String> interrupted = new ArrayList<>();

  /** Hooks before a turn starts, is handed on, writes an event and ends; tests throw there. */
  Runnable beforeStart = () -> {};

  Runnable afterLook = () -> {};

  Runnable beforeInterrupt = () -> {};
  Runnable beforeEvent = () -> {};
  Consumer<TurnOutcome> beforeEnd = outcome -> {};

  /** When the end of a turn is durable. */
  CompletableFuture<Void> ending = CompletableFuture.completedFuture(null);

  final TurnStarts starts =
      new TurnStarts() {
        @Override
        Optional<StartedTurn> start(long sessionKey, Sender sender, LongPredicate room) {
          beforeStart.run();
          Optional<StartedTurn> next =
              queue.stream()
                  .filter(turn -> turn.turn().sessionKey == sessionKey)
                  .findFirst()
                  .filter(turn -> turn.sender().equals(sender))
                  .filter(turn -> room.test(turn.mostHeapBytes()));
          next.ifPresent(queue::remove);
          return next;
        }
      };

  final TurnLeases leases =
      new TurnLeases() {
        @Override
        public Optional<Sender> nextSender(long sessionKey) {
          Optional<Sender> next =
              queue.stream()
                  .filter(turn -> turn.turn().sessionKey == sessionKey)
                  .findFirst()
                  .map(StartedTurn::sender);
          afterLook.run();
          return next;
        }
      };

  final TurnEvents said =
      new TurnEvents() {
        @Override
        boolean append(TurnRun run, Draft draft) {
          beforeEvent.run();
          return events.add(draft);
        }
      };

  final TurnEnds ends =
      new TurnEnds() {
        @Override
        CompletionStage<Void> end(TurnRun run, TurnOutcome outcome) {
          beforeEnd.accept(outcome);
          ended.add(outcome);
          return ending;
        }
      };

  final TurnTransitions transitions =
      new TurnTransitions() {
        @Override
        public JsonObject mergeState(Turn turn, Draft draft, JsonObject patch) {
          beforeEvent.run();
          events.add(draft);
          return patch;
        }

        @Override
        public Optional<JsonObject> stateIfHeld(Turn turn, UUID eventId) {
          return Optional.empty();
        }

        @Override
        public Optional<Boolean> isHeld(Turn turn, UUID eventId) {
          return events.stream().anyMatch(event -> event.eventId().equals(eventId))
              ? Optional.of(true)
              : Optional.empty();
        }
      };

  final TurnInterruptions interruptions =
      new TurnInterruptions() {
        @Override
        CompletionStage<Void> handOn(Turn turn, String reason, boolean retry) {
          beforeInterrupt.run();
          interrupted.add(reason + (retry ? ", tried again" : ", not tried again"));
          return CompletableFuture.completedFuture(null);
        }
      };

  /** The work of an agent, as a test writes it. */
  interface Answer {
    void run(TurnInput input, TurnOutput output) throws Exception;
  }

  /** Makes agents with a single one, {@code test}, that does this work. */
  static Agents agents(Answer answer) {
    Agent agent =
        new Agent() {
          @Override
          public String id() {
            return "test";
          }

          @Override
          public void run(TurnInput input, TurnOutput output) throws Exception {
            answer.run(input, output);
          }

          @Override
          public boolean retryAfterInterruption() {
            return true;
          }
        };
    return new Agents() {
      @Override
      public Optional<Agent> find(String agentId) {
        return agentId.equals(agent.id()) ? Optional.of(agent) : Optional.empty();
      }
    };
  }

  /** A turn that has begun, for the message {@code hello}. */
  static StartedTurn started(long sessionKey, String agentId) {
    return started(sessionKey, agentId, ALICE);
  }

  static StartedTurn started(long sessionKey, String agentId, Sender sender) {
    return started(sessionKey, agentId, sender, 1_000);
  }

  static StartedTurn started(long sessionKey, String agentId, Sender sender, long mostHeapBytes) {
    Turn turn = new Turn();
    turn.turnId = UUID.randomUUID();
    turn.sessionKey = sessionKey;
    turn.messageCursor = 1;
    turn.messageId = "m-1";
    turn.agentId = agentId;
    turn.attempt = 1;
    turn.startedAt = Instant.now();
    return new StartedTurn(
        turn,
        "s-" + sessionKey,
        Optional.of(new TurnTexts("\"hello\"", "{\"mood\":\"calm\"}", "{\"turns\":1}")),
        mostHeapBytes,
        sender,
        true);
  }

  /** Returns the default settings with these changes. */
  static Settings settings(String... keysAndValues) {
    Map<String, String> set = new HashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      set.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return Settings.of(key -> Optional.ofNullable(set.get(key)));
  }

  /** Parses the outcome's data for the client. */
  static JsonObject data(TurnOutcome outcome) {
    return JsonModel.parse(outcome.data()).asJsonObject();
  }
}
