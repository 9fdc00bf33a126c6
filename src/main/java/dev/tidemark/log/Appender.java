package dev.tidemark.log;

import dev.tidemark.config.Setting;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Metrics;
import dev.tidemark.wire.EventFrame;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/**
 * Group commit: appends of many callers and sessions share a transaction. A few writers, sessions
 * hashed to them, each take what is waiting while the commit before is on its way.
 *
 * <p>The transactions are the writers' own and not the container's, because only who calls {@code
 * commit} himself knows whether it succeeded: {@link Appended} may be shown at once (R2). Dense
 * cursors rest on the same row locks as those of {@link EventLog} (R1).
 */
@ApplicationScoped
public class Appender {
  @Inject Settings settings;
  @Inject Metrics metrics;
  @Inject Event<Appended> appended;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-log")
  ManagedExecutorService executor;

  private List<Writer> writers;

  @PostConstruct
  void start() {
    writers =
        IntStream.range(0, settings.count(Setting.LOG_WRITERS)).mapToObj(i -> writer()).toList();
    metrics.gauge("log.waiting", () -> writers.stream().mapToInt(Writer::waitingEvents).sum());
    metrics.gauge("log.parked", () -> writers.stream().mapToInt(Writer::parkedSessions).sum());
  }

  private Writer writer() {
    return new Writer(
        new Backlog(
            settings.count(Setting.LOG_QUEUE_EVENTS), settings.number(Setting.LOG_QUEUE_BYTES)),
        dataSource,
        executor,
        settings.count(Setting.LOG_BATCH_EVENTS),
        settings.number(Setting.LOG_BATCH_BYTES),
        appended::fire,
        metrics);
  }

  /**
   * Appends events to a session, all or none. Does not wait, and must not be called in a
   * transaction.
   *
   * @return completed with the events and their cursors when they are durable, in the order of the
   *     calls for one session; what depends on it runs on a writer's thread and must be short.
   *     Failed with {@link UnknownSessionException}, or with {@link LogFailedException}, whose
   *     outcome is unknown if {@link StorageFailure#isTransient}
   * @throws PayloadTooLargeException if a payload is over {@code tidemark.log.event-bytes}
   * @throws LogBusyException if as much is waiting as may wait; nothing was taken
   */
  public CompletionStage<List<EventFrame>> append(long sessionKey, List<Draft> drafts) {
    return append(sessionKey, drafts, null, null);
  }

  /**
   * The same with a companion: what it writes is part of the same transaction.
   *
   * @param subject what the companion has to know; whatever it refuses with, the result fails with
   */
  public <S> CompletionStage<List<EventFrame>> append(
      long sessionKey, List<Draft> drafts, AppendParticipant<S> appendParticipant, S subject) {
    Append append =
        new Append(
            sessionKey, drafts, settings.number(Setting.EVENT_BYTES), appendParticipant, subject);
    writers.get((int) Math.floorMod(sessionKey, (long) writers.size())).append(append);
    return append.done();
  }

  /** The same, and waits until the events are durable; throws what the result would fail with. */
  public <S> List<EventFrame> appendAndWait(
      long sessionKey, List<Draft> drafts, AppendParticipant<S> appendParticipant, S subject) {
    try {
      return append(sessionKey, drafts, appendParticipant, subject).toCompletableFuture().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException why ? why : e;
    }
  }
}
