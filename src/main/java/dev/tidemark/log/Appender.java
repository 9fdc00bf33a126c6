package dev.tidemark.log;

import dev.tidemark.concurrent.WatchedWork;
import dev.tidemark.config.LogSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.log.IdempotentParticipant.Receipt;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import dev.tidemark.wire.EventFrame;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/**
 * Group commit: appends of many callers and sessions share a transaction. Sessions are hashed to a
 * few writers; each takes the appends that gathered during its previous commit.
 *
 * <p>The transactions are the writers' own and not the container's, because only the caller of
 * {@code commit} knows whether it succeeded: the events of {@link Appended} may be shown at once
 * (R2). Dense cursors rest on the same row locks as those of {@link EventLog} (R1).
 */
@ApplicationScoped
public class Appender {
  @Inject Settings settings;
  @Inject Metrics metrics;
  @Inject Event<Appended> appended;
  @Inject WatchedWork watchedWork;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-log")
  ManagedExecutorService executor;

  private List<Writer> writers;

  @PostConstruct
  void start() {
    writers =
        IntStream.range(0, settings.get(LogSettings.WRITERS)).mapToObj(i -> writer()).toList();
    for (int i = 0; i < writers.size(); i++) {
      watchedWork.add("Writer " + i + " of the log", writers.get(i));
    }
    metrics.gauge(Metric.LOG_WAITING, () -> writers.stream().mapToInt(Writer::waitingEvents).sum());
    metrics.gauge(
        Metric.LOG_BACKLOG, () -> writers.stream().mapToDouble(Writer::taken).max().orElse(0));
    metrics.gauge(Metric.LOG_PARKED, () -> writers.stream().mapToInt(Writer::parkedSessions).sum());
  }

  private Writer writer() {
    Backlog backlog =
        new Backlog(settings.get(LogSettings.QUEUE_EVENTS), settings.get(LogSettings.QUEUE_BYTES));
    BatchWriter batchWriter =
        new BatchWriter(
            backlog,
            settings.get(LogSettings.BATCH_EVENTS),
            settings.get(LogSettings.BATCH_BYTES),
            appended::fire,
            metrics);
    return new Writer(backlog, dataSource, executor, batchWriter);
  }

  /**
   * Appends events to a session, all or none. Does not wait, and must not be called in a
   * transaction.
   *
   * @return a stage that completes with the events and their cursors when they are durable, in the
   *     order of the calls for one session; dependent stages run on a writer's thread and must be
   *     short. Fails with {@link UnknownSessionException}, or with {@link LogFailedException},
   *     after which the outcome is unknown if {@link StorageFailure#isTransient}
   * @throws PayloadTooLargeException if a payload is over {@code tidemark.log.event-bytes}
   * @throws LogBusyException if the backlog is full; nothing was taken
   */
  public CompletionStage<List<EventFrame>> append(long sessionKey, List<Draft> drafts) {
    return append(sessionKey, drafts, null, null);
  }

  /**
   * Appends with a participant, whose decision and rows are part of the same transaction. If the
   * participant refuses the append, the result fails with the refusal. What has no sender waits in
   * a lane of its session.
   *
   * @param subject the data of this append that the participant needs
   */
  public <S> CompletionStage<List<EventFrame>> append(
      long sessionKey, List<Draft> drafts, AppendParticipant<S> participant, S subject) {
    return appendInLane(sessionKey, sessionKey, drafts, participant, subject);
  }

  /**
   * Appends with a participant, on somebody's behalf.
   *
   * @param sender whose share of the writer it uses: of a turn, who sent its message
   */
  public <S> CompletionStage<List<EventFrame>> append(
      Sender sender,
      long sessionKey,
      List<Draft> drafts,
      AppendParticipant<S> participant,
      S subject) {
    return appendInLane(sender, sessionKey, drafts, participant, subject);
  }

  private <S> CompletionStage<List<EventFrame>> appendInLane(
      Object lane,
      long sessionKey,
      List<Draft> drafts,
      AppendParticipant<S> participant,
      S subject) {
    long maxBytes = settings.get(LogSettings.EVENT_BYTES);
    Append append = new Append(sessionKey, lane, drafts, maxBytes, participant, subject);
    writers.get((int) Math.floorMod(sessionKey, (long) writers.size())).append(append);
    return append.done();
  }

  /** Appends with a participant on somebody's behalf, and waits; throws the result's failure. */
  public <S> List<EventFrame> appendAndWait(
      Sender sender,
      long sessionKey,
      List<Draft> drafts,
      AppendParticipant<S> participant,
      S subject) {
    return StageWait.on(append(sender, sessionKey, drafts, participant, subject));
  }

  /**
   * Appends an event on somebody's behalf, and waits; throws the result's failure.
   *
   * @throws AppendUndecidedException after {@code patience}: the event waits on and may be appended
   */
  public EventFrame appendAndWait(Sender sender, long sessionKey, Draft draft, Duration patience) {
    return StageWait.on(append(sender, sessionKey, List.of(draft), null, null), patience).get(0);
  }

  /**
   * Appends an event unless it is in the log already, by the participant's key (R10). Fails as
   * {@link #append} does.
   *
   * @param sender whose share of the writer it uses
   * @return a stage that completes with the cursor of the event, from this append or an earlier one
   */
  public <S> CompletionStage<Receipt> appendOnce(
      Sender sender,
      long sessionKey,
      Draft draft,
      IdempotentParticipant<S> participant,
      S subject) {
    return append(sender, sessionKey, List.of(draft), participant, subject)
        .thenApply(events -> new Receipt(events.get(0).cursor(), false))
        .exceptionally(
            failure -> {
              if (failure.getCause() instanceof AlreadyAppendedException earlier) {
                return new Receipt(earlier.cursor(), true);
              }
              throw (CompletionException) failure; // a stage that follows another wraps its failure
            });
  }

  /**
   * Appends an event once, and waits; throws the result's failure.
   *
   * @throws AppendUndecidedException after {@code patience}: the event waits on and may be appended
   */
  public <S> Receipt appendOnceAndWait(
      Sender sender,
      long sessionKey,
      Draft draft,
      IdempotentParticipant<S> participant,
      S subject,
      Duration patience) {
    return StageWait.on(appendOnce(sender, sessionKey, draft, participant, subject), patience);
  }
}
