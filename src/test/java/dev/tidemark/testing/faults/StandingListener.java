package dev.tidemark.testing.faults;

import dev.tidemark.log.Appended;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.CountDownLatch;

/** Holds up the writer that tells of a message with {@code stand still} in it, for good. */
@ApplicationScoped
public class StandingListener {
  private final CountDownLatch never = new CountDownLatch(1);

  void appended(@Observes Appended event) throws InterruptedException {
    if (event.events().stream()
        .anyMatch(one -> one.type().equals("message") && one.data().contains("stand still"))) {
      never.await();
    }
  }
}
