package dev.tidemark.retention;

import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.Node;
import dev.tidemark.ops.Setting;
import dev.tidemark.ops.Settings;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.Timeout;
import jakarta.ejb.TimerConfig;
import jakarta.ejb.TimerService;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import org.jboss.logging.Logger;

/**
 * Looks at a steady pace whether events have left the replay window, and whether tomorrow's
 * partitions exist. Every node looks; the database lets one of them work at a time.
 */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.CONTAINER)
public class Purge {
  private static final Logger LOG = Logger.getLogger(Purge.class);

  @Inject PurgeSteps steps;
  @Inject Settings settings;
  @Inject Metrics metrics;
  @Inject Node node;
  @Resource TimerService timers;

  @PostConstruct
  void schedule() {
    long everyMillis = settings.number(Setting.PURGE_EVERY);
    timers.createIntervalTimer(everyMillis, everyMillis, new TimerConfig("purge", false));
  }

  /**
   * One purge: batch after batch, each in its own transaction with its own record, until nothing is
   * left to do.
   */
  @Timeout
  @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
  public void run() {
    if (node.refusal().isPresent()) {
      return;
    }
    try {
      int partitions = steps.ensurePartitions();
      if (partitions > 0) {
        LOG.infof("TIDE0501 Created %d partitions for the days to come.", partitions);
      }
      PurgeSteps.Raised raised;
      do {
        raised = steps.raiseFloors();
        if (raised.sessions() > 0) {
          LOG.infof(
              "TIDE0502 Raised the floors of %d sessions over %d events.",
              raised.sessions(), raised.events());
          metrics.count("purge.events", raised.events());
        }
      } while (raised.sessions() > 0);
    } catch (RuntimeException e) {
      LOG.warnf("TIDE0503 The purge failed and is tried again: %s", e.getMessage());
    }
  }
}
