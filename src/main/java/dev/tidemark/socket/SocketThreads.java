package dev.tidemark.socket;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.servlet.ServletContext;
import jakarta.websocket.server.ServerContainer;
import org.jboss.logging.Logger;

/**
 * Says at the start if callbacks of sockets wait for the threads that requests take: on a server
 * that was prepared by an earlier version. The server's class is asked by its name, because it is
 * no part of its public interface.
 */
@ApplicationScoped
class SocketThreads {
  private static final Logger LOG = Logger.getLogger(SocketThreads.class);

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    if (event instanceof ServletContext context
        && waitForTaskThreads(context.getAttribute(ServerContainer.class.getName()))) {
      LOG.warn(
          "TIDE0230 Open sockets wait for the server's task threads, which requests can take: run"
              + " server-config/install.sh of this version.");
    }
  }

  private static boolean waitForTaskThreads(Object container) {
    try {
      return container != null
          && Boolean.TRUE.equals(
              container.getClass().getMethod("isDispatchToWorker").invoke(container));
    } catch (ReflectiveOperationException e) {
      LOG.debugf("Another server's sockets: %s", e.getMessage());
      return false;
    }
  }
}
