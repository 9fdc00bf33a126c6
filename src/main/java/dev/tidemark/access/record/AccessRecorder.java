package dev.tidemark.access.record;

import dev.tidemark.config.AccessSettings;
import dev.tidemark.ops.Metric;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/**
 * Records who signed in and who read by REST; credentials come with each request of a program, so
 * both are only counted at first.
 */
@ApplicationScoped
public class AccessRecorder extends CountRecorder<AccessRecorder.Taken> {
  private static final Logger LOG = Logger.getLogger(AccessRecorder.class);

  private final AtomicLong lost = new AtomicLong();
  private Tally<SignIn> signIns;
  private Tally<RestReading> restReadings;

  /** A batch. */
  record Taken(List<Tally.Count<SignIn>> signIns, List<Tally.Count<RestReading>> restReadings) {
    int rows() {
      return signIns.size() + restReadings.size();
    }
  }

  @PostConstruct
  void prepare() {
    signIns = new Tally<>(settings.get(AccessSettings.SIGN_INS_KEPT));
    restReadings = new Tally<>(settings.get(AccessSettings.SIGN_INS_KEPT));
  }

  /** Counts a sign-in; never waits. */
  public void record(SignIn signIn) {
    if (signIns.add(signIn, System.nanoTime()) == Tally.Told.NOT_COUNTED) {
      lost(1, "sign_in");
    }
  }

  /** Counts a read; never waits. */
  public void record(RestReading restReading) {
    if (restReadings.add(restReading, System.nanoTime()) == Tally.Told.NOT_COUNTED) {
      lost(1, "rest_reading");
    }
  }

  private void lost(long count, String kind) {
    lost.addAndGet(count);
    metrics.count(Metric.RECORDS_LOST, count, kind);
  }

  @Override
  String jobName() {
    return "access records";
  }

  /** Always: that nothing happened is recorded too. */
  @Override
  boolean isDue() {
    return true;
  }

  @Override
  Taken take() {
    List<Tally.Count<SignIn>> taken = signIns.take();
    try {
      return new Taken(taken, restReadings.take());
    } catch (Error e) {
      lost(taken.size(), "sign_in");
      throw e;
    }
  }

  @Override
  Taken insert(CountSql statements, Taken batch, boolean complete) throws SQLException {
    Taken refused =
        new Taken(
            AccessRecordSql.signIns(statements, batch.signIns()),
            AccessRecordSql.restReadings(statements, batch.restReadings()));
    if (complete) {
      AccessRecordSql.complete(statements, lost.get() + refused.rows());
    }
    return refused;
  }

  @Override
  void retry(SQLException failure) {
    LOG.warnf(
        "TIDE0704 Sign-ins and reads could not be recorded, which is tried again: %s",
        failure.getMessage());
  }

  @Override
  void lost(SQLException failure, Taken batch) {
    LOG.errorf(
        failure,
        "TIDE0705 %d rows of sign-ins and %d of reads could not be recorded and are lost.",
        batch.signIns().size(),
        batch.restReadings().size());
    lost(batch.signIns().size(), "sign_in");
    lost(batch.restReadings().size(), "rest_reading");
  }
}
