package dev.tidemark.access.gate;

import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.ProxyPeerAddressHandler;
import java.lang.reflect.Field;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jboss.msc.Service;
import org.jboss.msc.service.ServiceActivator;
import org.jboss.msc.service.ServiceActivatorContext;
import org.jboss.msc.service.ServiceBuilder;
import org.jboss.msc.service.ServiceName;
import org.jboss.msc.service.StartContext;
import org.jboss.msc.service.StopContext;

/**
 * Finds out whether a listener of the server has {@code proxy-address-forwarding}. The server finds
 * this class by {@code META-INF/services} and shows it its services.
 *
 * <p>The listeners' Java module is private, as that of {@code ServerSuspension}: only this class
 * knows it, and by reflection. On a server that is built otherwise nothing is found.
 */
public final class ServerForwarding implements ServiceActivator {
  private static final Logger LOG = Logger.getLogger(ServerForwarding.class);
  private static final ServiceName LISTENERS =
      ServiceName.of("org", "wildfly", "undertow", "listener");

  /** Completes while the deployment starts, perhaps after the application. One for each of both. */
  private static final CompletableFuture<Boolean> FOUND = new CompletableFuture<>();

  @Override
  public void activate(ServiceActivatorContext context) {
    List<ServiceName> listeners =
        context.getServiceRegistry().getServiceNames().stream()
            .filter(name -> LISTENERS.equals(name.getParent()))
            .toList();
    ServiceBuilder<?> builder = context.getServiceTarget().addService();
    List<Supplier<Object>> found =
        listeners.stream().map(name -> builder.<Object>requires(name)).toList();
    builder.setInstance(
        new Service() {
          @Override
          public void start(StartContext start) {
            FOUND.complete(found.stream().map(Supplier::get).anyMatch(ServerForwarding::isOn));
          }

          @Override
          public void stop(StopContext stop) {
            // Nothing is left behind.
          }
        });
    builder.install();
  }

  /** Completes with whether a listener of this server believes what requests say of the client. */
  static CompletionStage<Boolean> isOn() {
    return FOUND;
  }

  private static boolean isOn(Object listener) {
    try {
      Object open = listener.getClass().getMethod("getOpenListener").invoke(listener);
      Object handler = open.getClass().getMethod("getRootHandler").invoke(open);
      while (handler instanceof HttpHandler && !(handler instanceof ProxyPeerAddressHandler)) {
        Field next = handler.getClass().getDeclaredField("next");
        next.setAccessible(true);
        handler = next.get(handler);
      }
      return handler instanceof ProxyPeerAddressHandler;
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.debugf("TIDE0736 The handlers of %s end here: %s", listener, e.toString());
      return false;
    }
  }
}
