package dev.tidemark.access.gate;

import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Node;
import dev.tidemark.ops.NotReady;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import org.jboss.logging.Logger;

/**
 * Keeps a node from taking clients whose server believes what any request says of its client, while
 * the application was not told which proxies to trust: its operator expects addresses that it would
 * not see.
 */
@ApplicationScoped
public class ProxyTrustCheck {
  private static final Logger LOG = Logger.getLogger(ProxyTrustCheck.class);

  @Inject Settings settings;
  @Inject Node node;

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    if (settings.get(AccessSettings.TRUSTED_PROXIES).isEmpty()) {
      var unused = ServerForwarding.found().thenRun(this::refuse);
    }
  }

  private void refuse() {
    String reason =
        "A listener has proxy-address-forwarding, and "
            + AccessSettings.TRUSTED_PROXIES.key()
            + " is not set: say which proxies are trusted.";
    LOG.errorf("TIDE0735 The node takes no clients. %s", reason);
    node.misconfigured(new NotReady("The node is not set up for its proxy.", reason));
  }
}
