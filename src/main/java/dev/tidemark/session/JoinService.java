package dev.tidemark.session;

import dev.tidemark.concurrent.BatchCoalescer;
import dev.tidemark.concurrent.WatchedWork;
import dev.tidemark.config.Settings;
import dev.tidemark.log.StorageFailure;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.PooledConnection;
import dev.tidemark.session.JoinReply.Doorkeeper;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;

/**
 * Decides joins by {@link Resume} and records them. Joins that arrive at the same time share a
 * transaction, whose statements wait for no session's lock. It is not a container transaction,
 * because only the caller of {@code commit} knows whether it succeeded, and no client is admitted
 * without a record.
 */
@ApplicationScoped
public class JoinService {
  /** Half of the threads that handle frames, so that joins leave some for other frames. */
  private static final int MAX_BATCHES = 4;

  private static final int MAX_OF_A_BATCH = 500;

  @Inject Settings settings;
  @Inject Metrics metrics;
  @Inject WatchedWork watchedWork;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  private final BatchCoalescer<Asked> batchCoalescer =
      new BatchCoalescer<>(
          MAX_BATCHES,
          MAX_OF_A_BATCH,
          Asked::name,
          this::decideTogether,
          (asked, why) -> asked.reply().completeExceptionally(why));

  @PostConstruct
  void prepare() {
    metrics.gauge(Metric.JOINS_WAITING, batchCoalescer::waiting);
    watchedWork.add("The deciding of joins", batchCoalescer);
  }

  /** The name of a session, which is the lane of its joins. */
  private record Name(String tenant, String sessionId) {}

  private record Asked(
      JoinRequest request, Doorkeeper doorkeeper, CompletableFuture<JoinReply> reply) {
    SessionLookup lookup() {
      return new SessionLookup(
          request.client().tenant(), request.client().principal(), request.sessionId());
    }

    Name name() {
      return new Name(request.client().tenant(), request.sessionId());
    }
  }

  /**
   * Joins a session by its name. May wait for the database, also on behalf of other callers.
   *
   * @return reply, completed when the outcome is durable; dependent stages must be short
   */
  public CompletionStage<JoinReply> join(JoinRequest request, Doorkeeper doorkeeper) {
    Asked asked = new Asked(request, doorkeeper, new CompletableFuture<>());
    batchCoalescer.add(asked);
    return asked.reply();
  }

  /** Decides a batch; if the database refuses it, each join is tried alone. */
  private void decideTogether(List<Asked> batch) {
    List<JoinReply> replies;
    try {
      replies = decided(batch);
    } catch (SQLException | RuntimeException e) {
      if (batch.size() == 1 || StorageFailure.isTransient(e)) {
        batch.forEach(asked -> asked.reply().completeExceptionally(e));
      } else {
        batch.forEach(asked -> decideTogether(List.of(asked)));
      }
      return;
    }
    for (int i = 0; i < batch.size(); i++) {
      batch.get(i).reply().complete(replies.get(i));
    }
  }

  private List<JoinReply> decided(List<Asked> batch) throws SQLException {
    return PooledConnection.transaction(dataSource, connection -> decide(connection, batch));
  }

  private List<JoinReply> decide(Connection connection, List<Asked> batch) throws SQLException {
    Map<SessionLookup, AccessibleSession> found =
        JoinSql.find(connection, batch.stream().map(Asked::lookup).distinct().toList());
    List<JoinDecision> decided =
        batch.stream()
            .map(
                asked ->
                    JoinDecision.of(
                        asked.request(),
                        asked.doorkeeper(),
                        Optional.ofNullable(found.get(asked.lookup()))))
            .toList();
    List<JoinRecord> records = decided.stream().flatMap(one -> one.record().stream()).toList();
    Map<UUID, Long> numbers =
        records.isEmpty() ? Map.of() : JoinSql.record(connection, settings.nodeName(), records);
    List<JoinReply> replies = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      UUID connectionId = batch.get(i).request().client().connectionId();
      replies.add(decided.get(i).reply().apply(numbers.get(connectionId)));
    }
    return replies;
  }
}
