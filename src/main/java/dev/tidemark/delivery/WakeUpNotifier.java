package dev.tidemark.delivery;

import dev.tidemark.concurrent.ServerThreads;
import dev.tidemark.config.DeliverySettings;
import dev.tidemark.config.Settings;
import dev.tidemark.log.AppendHint;
import dev.tidemark.log.Appended;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * Tells the other nodes which sessions have moved. Only a hint, outside the append's transaction,
 * because {@code NOTIFY} inside it takes a lock of the whole database: wake-ups are gathered for a
 * few milliseconds and sent together, on a thread of their own, because the database may hang. The
 * poll covers a lost one.
 */
@ApplicationScoped
public class WakeUpNotifier {
  static final String CHANNEL = "tidemark";
  private static final Logger LOG = Logger.getLogger(WakeUpNotifier.class);

  private static final int MAX_PAYLOAD_CHARS = 7_900;

  @Inject Settings settings;
  @Inject Feeds feeds;
  @Inject ServerThreads threads;

  @Resource(lookup = "java:jboss/datasources/tidemark-listen")
  DataSource dataSource;

  private final Map<Long, Long> gathered = new ConcurrentHashMap<>();

  /** Whether a send is due and has not yet begun; then {@code due} has its permit. */
  private final AtomicBoolean isDue = new AtomicBoolean();

  private final Semaphore due = new Semaphore(0);

  /** An interrupt is not enough: a pool that is waited for takes it for a failure of its own. */
  private volatile boolean isStopped;

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    threads.loop("wake-ups", this::sendWhenDue);
  }

  void appended(@Observes Appended event) {
    gather(event.sessionKey(), event.position().head());
  }

  void announced(@Observes(during = TransactionPhase.AFTER_SUCCESS) AppendHint event) {
    gather(event.sessionKey(), event.head());
  }

  private void gather(long sessionKey, long head) {
    gathered.merge(sessionKey, head, Math::max);
    if (isDue.compareAndSet(false, true)) {
      due.release();
    }
  }

  /** Not before: the drain's last turns wake others too. */
  @PreDestroy
  void stop() {
    isStopped = true;
    due.release();
  }

  /** Ends when the application does, which interrupts it; {@link #stop} comes before or after. */
  private boolean sendWhenDue() throws InterruptedException {
    due.acquire();
    if (isStopped) {
      return false;
    }
    LockSupport.parkNanos(settings.get(DeliverySettings.WAKE_UP_GATHER).toNanos());
    isDue.set(false); // before the payloads are taken: a later wake-up makes a send due again
    send();
    return true;
  }

  /** Whatever fails, the next send is tried. */
  private void send() {
    try (Connection connection = dataSource.getConnection()) {
      NotificationSql.send(connection, CHANNEL, payloads());
    } catch (SQLException | RuntimeException | Error e) {
      LOG.debugf("TIDE0403 Other nodes were not woken, their poll covers it: %s", e.getMessage());
    }
  }

  private List<String> payloads() {
    List<String> payloads = new ArrayList<>();
    StringBuilder payload = new StringBuilder(settings.nodeName());
    for (Long sessionKey : List.copyOf(gathered.keySet())) {
      Long head = gathered.remove(sessionKey);
      if (payload.length() > MAX_PAYLOAD_CHARS - 50) {
        payloads.add(payload.toString());
        payload = new StringBuilder(settings.nodeName());
      }
      payload.append(' ').append(sessionKey).append(':').append(head);
    }
    payloads.add(payload.toString());
    return payloads;
  }

  /**
   * Takes in the wake-ups of another node. Anything else on the channel is ignored: no hint is
   * indispensable.
   */
  void received(String payload) {
    String[] parts = payload.split(" ", -1);
    if (parts[0].equals(settings.nodeName())) {
      return;
    }
    for (int i = 1; i < parts.length; i++) {
      int colon = parts[i].indexOf(':');
      try {
        feeds.hinted(
            Long.parseLong(parts[i].substring(0, colon)),
            Long.parseLong(parts[i].substring(colon + 1)));
      } catch (NumberFormatException | IndexOutOfBoundsException e) {
        LOG.debugf("TIDE0404 Not a wake-up: %s", parts[i]);
      }
    }
  }
}
