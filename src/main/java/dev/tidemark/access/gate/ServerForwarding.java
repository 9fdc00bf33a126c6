package dev.tidemark.access.gate;

import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.ProxyPeerAddressHandler;
import java.lang.reflect.Field;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jboss.logging.Logger;
import org.jboss.msc.Service;
import org.jboss.msc.service.LifecycleEvent;
import org.jboss.msc.service.LifecycleListener;
import org.jboss.msc.service.ServiceActivator;
import org.jboss.msc.service.ServiceActivatorContext;
import org.jboss.msc.service.ServiceBuilder;
import org.jboss.msc.service.ServiceController;
import org.jboss.msc.service.ServiceName;
import org.jboss.msc.service.StartContext;
import org.jboss.msc.service.StopContext;

/**
 * Finds out whether a listener of the server has {@code proxy-address-forwarding}. The server finds
 * this class by {@code META-INF/services} and shows it its services.
 *
 * <p>The listeners' Java module is private, as that of {@code ServerSuspension}: only this class
 * knows it, and by reflection. On a server that is built otherwise nothing is found. The deployment
 * does not depend on the listeners: one that cannot start is no reason to start without the others.
 */
public final class ServerForwarding implements ServiceActivator {
  private static final Logger LOG = Logger.getLogger(ServerForwarding.class);
  private static final ServiceName LISTENERS =
      ServiceName.of("org", "wildfly", "undertow", "listener");

  /** Completes with the first such listener that is up, perhaps before the application is. */
  private static final CompletableFuture<Void> FOUND = new CompletableFuture<>();

  @Override
  public void activate(ServiceActivatorContext context) {
    List<ServiceController<?>> listeners =
        context.getServiceRegistry().getServiceNames().stream()
            .filter(name -> LISTENERS.equals(name.getParent()))
            .<ServiceController<?>>map(context.getServiceRegistry()::getService)
            .filter(listener -> listener != null)
            .toList();
    LifecycleListener look =
        (listener, event) -> {
          if (event == LifecycleEvent.UP && forwards(listener)) {
            FOUND.complete(null);
          }
        };
    ServiceBuilder<?> builder = context.getServiceTarget().addService();
    builder.setInstance(
        new Service() {
          @Override
          public void start(StartContext start) {
            listeners.forEach(listener -> listener.addListener(look));
          }

          @Override
          public void stop(StopContext stop) {
            listeners.forEach(listener -> listener.removeListener(look));
          }
        });
    builder.install();
  }

  /** Completes if and when a listener of this server believes what requests say of the client. */
  static CompletionStage<Void> found() {
    return FOUND;
  }

  @SuppressWarnings("deprecation") // a dependency would be the other way to the value
  private static boolean forwards(ServiceController<?> listener) {
    try {
      Object open = call(listener.getValue(), "getOpenListener");
      Object handler = call(open, "getRootHandler");
      while (handler instanceof HttpHandler && !(handler instanceof ProxyPeerAddressHandler)) {
        Field next = handler.getClass().getDeclaredField("next");
        next.setAccessible(true);
        handler = next.get(handler);
      }
      return handler instanceof ProxyPeerAddressHandler;
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.debugf("TIDE0736 The handlers of a listener end here: %s", e.toString());
      return false;
    }
  }

  private static Object call(Object target, String method) throws ReflectiveOperationException {
    return target.getClass().getMethod(method).invoke(target);
  }
}
