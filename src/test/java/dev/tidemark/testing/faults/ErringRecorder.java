package dev.tidemark.testing.faults;

import dev.tidemark.session.DeliveryRecord;
import dev.tidemark.session.DeliveryRecord.Progress;
import dev.tidemark.session.DeliveryRecorder;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Specializes;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Fails the first joins of sessions of this name at their last step. It specializes, because the
 * bean that is only replaced by an alternative would observe the start of the application too.
 */
@Specializes
@ApplicationScoped
public class ErringRecorder extends DeliveryRecorder {
  public static final String SESSIONS = "errs-late";
  public static final int ERRORS = 3;

  private final AtomicInteger left = new AtomicInteger(ERRORS);

  @Override
  public void enter(DeliveryRecord deliveryRecord, Supplier<Progress> progress) {
    if (deliveryRecord.toString().contains(SESSIONS) && left.getAndDecrement() > 0) {
      throw new OutOfMemoryError("of the test");
    }
    super.enter(deliveryRecord, progress);
  }
}
