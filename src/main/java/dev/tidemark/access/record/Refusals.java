package dev.tidemark.access.record;

import dev.tidemark.access.caller.CurrentCaller;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.ops.Metric;
import dev.tidemark.wire.Problem;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.List;
import org.jboss.logging.Logger;

/** Records refusals, which are only counted at first. */
@ApplicationScoped
public class Refusals extends CountRecorder<List<Tally.Count<Refusal>>> {
  private static final Logger LOG = Logger.getLogger(Refusals.class);

  @Inject CurrentCaller current;

  private Tally<Refusal> refusals;

  @PostConstruct
  void prepare() {
    refusals = new Tally<>(settings.get(AccessSettings.REFUSALS_KEPT));
  }

  /** Counts a refusal; never waits. */
  public void record(Refusal refusal) {
    metrics.count(Metric.REFUSALS, 1, refusal.code());
    if (refusals.add(refusal, System.nanoTime()) != Tally.Told.WHOLE) {
      metrics.count(Metric.REFUSALS_LUMPED, 1);
    }
  }

  /** Counts a refusal of the current request. */
  public void recordRequest(Problem problem) {
    record(Refusal.ofRequest(Refusal.Requester.of(current), "request", problem));
  }

  @Override
  String jobName() {
    return "refusals";
  }

  @Override
  boolean isDue() {
    return !refusals.isEmpty();
  }

  @Override
  List<Tally.Count<Refusal>> take() {
    return refusals.take();
  }

  @Override
  List<Tally.Count<Refusal>> insert(
      CountSql statements, List<Tally.Count<Refusal>> batch, boolean complete) throws SQLException {
    return RefusalSql.insert(statements, batch);
  }

  @Override
  void retry(SQLException failure) {
    LOG.warnf(
        "TIDE0701 Refusals could not be recorded, which is tried again: %s", failure.getMessage());
  }

  @Override
  void lost(SQLException failure, List<Tally.Count<Refusal>> batch) {
    LOG.errorf(
        failure, "TIDE0702 %d rows of refusals could not be recorded and are lost.", batch.size());
    metrics.count(Metric.RECORDS_LOST, batch.size(), "refusal");
  }
}
