package dev.tidemark.system;

import dev.tidemark.testing.container.GateWar;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.tools.run.DevelopmentDatabase;
import dev.tidemark.tools.run.Directories;
import dev.tidemark.tools.run.WildFlyServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Two nodes that trust the proxies of this machine. They have another application beside Tidemark:
 * the {@link GateWar}.
 */
final class ProxiedNodes implements AutoCloseable {
  private DevelopmentDatabase cluster;
  private List<Gateway> nodes = List.of();

  /** Starts them if they do not run yet, and the first one again if it has been drained. */
  void awaitReady() throws Exception {
    if (nodes.isEmpty()) {
      start();
    }
    WildFlyServer first = first().server();
    if (!first.isReady()) {
      first.stop();
      first.start().awaitReady();
    }
  }

  private void start() throws Exception {
    Path gate = GateWar.writeTo(Directories.forTest("gate.war"));
    cluster = DevelopmentDatabase.startFresh("proxy-database");
    cluster.createDatabase("tidemark");
    List<Callable<Gateway>> starts = new ArrayList<>();
    for (String name : List.of("node-1", "node-2")) {
      starts.add(
          () ->
              Gateway.startOn(
                  cluster,
                  "proxy-" + name,
                  node ->
                      node.besideIt(gate)
                          .nodeName(name)
                          .systemProperty("tidemark.drain.spread-millis", "1000")
                          .systemProperty("tidemark.access.trusted-proxies", "127.0.0.1")
                          .systemProperty("tidemark.access.secure-cookies", "true")));
    }
    nodes = TwoAtATime.run(starts);
  }

  Gateway first() {
    return nodes.get(0);
  }

  Gateway second() {
    return nodes.get(1);
  }

  @Override
  public void close() {
    nodes.forEach(Gateway::close);
    if (cluster != null) {
      cluster.close();
    }
  }
}
