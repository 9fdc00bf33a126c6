package dev.tidemark.socket;

import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.ejb.DependsOn;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.inject.Inject;
import javax.sql.DataSource;

/**
 * Holds up the stop of everything that a draining node needs, until it is drained. The server stops
 * independent components at the same time, and web applications, see {@link StopServlet}, before
 * what they need. So this bean depends on all other beans and on the resources that are looked up
 * anywhere; a test compares. It has no transaction of its own: the drain lasts too long for one.
 */
@Singleton
@Startup
@TransactionManagement(TransactionManagementType.BEAN)
@DependsOn({
  "EventLog",
  "Members",
  "PurgeSteps",
  "SessionStates",
  "Sessions",
  "SnapshotJoins",
  "Snapshots",
  "TurnTransitions"
})
public class StopBean {
  @Inject ServerStop serverStop;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource log;

  @Resource(lookup = "java:jboss/datasources/tidemark-listen")
  DataSource listening;

  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-inbound")
  ManagedExecutorService inbound;

  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-log")
  ManagedExecutorService logWriters;

  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-delivery")
  ManagedExecutorService delivery;

  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-turns")
  ManagedExecutorService turns;

  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-tokens")
  ManagedExecutorService tokens;

  @Resource(lookup = "java:comp/DefaultManagedThreadFactory")
  ManagedThreadFactory threads;

  @PreDestroy
  void stop() {
    serverStop.stop();
  }
}
