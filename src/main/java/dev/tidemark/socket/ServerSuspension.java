package dev.tidemark.socket;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Optional;
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
 * The way to the server's suspend controller, which suspends its activities group by group and
 * waits for each group. The application is in the first one: requests, sockets and executors are in
 * a later one. The server finds this class by {@code META-INF/services} and shows it its services.
 *
 * <p>The controller's Java module is private: to depend on it would cause a warning at each
 * deployment, and a class that a later server lacks would break the deployment. So only this class
 * knows it, and by reflection.
 */
public final class ServerSuspension implements ServiceActivator {
  /** What takes part in the suspends of the server. */
  interface Activity {
    /** The server is going to be suspended, or stopped, when the result completes. */
    CompletionStage<Void> suspending();

    /** The server is suspended already. */
    void suspended();

    /** The server is not suspended any more; the suspend may have been under way. */
    void resumed();
  }

  private static final Logger LOG = Logger.getLogger(ServerSuspension.class);
  private static final ServiceName NAME =
      ServiceName.of("org", "wildfly", "server", "suspend-controller");
  private static final String PACKAGE = "org.jboss.as.server.suspend.";

  /** Completes while the deployment starts, perhaps after the application. One for each of both. */
  private static final CompletableFuture<Optional<Object>> CONTROLLER = new CompletableFuture<>();

  @Override
  public void activate(ServiceActivatorContext context) {
    if (context.getServiceRegistry().getService(NAME) == null) {
      CONTROLLER.complete(Optional.empty());
      return;
    }
    ServiceBuilder<?> builder = context.getServiceTarget().addService();
    Supplier<Object> controller = builder.requires(NAME);
    builder.setInstance(
        new Service() {
          @Override
          public void start(StartContext start) {
            CONTROLLER.complete(Optional.of(controller.get()));
          }

          @Override
          public void stop(StopContext stop) {
            // The activity leaves by itself.
          }
        });
    builder.install();
  }

  /**
   * Takes part in the suspends from now on.
   *
   * @return completes with the way to end it; with nothing, if this server's controller is not the
   *     one that is known here
   */
  static CompletionStage<Optional<Runnable>> join(Activity activity) {
    return CONTROLLER.thenApply(found -> found.flatMap(controller -> join(controller, activity)));
  }

  /** As {@link #join(Activity)}, with this controller. */
  static Optional<Runnable> join(Object controller, Activity activity) {
    try {
      ClassLoader server = controller.getClass().getClassLoader();
      Class<?> type = Class.forName(PACKAGE + "SuspendableActivity", true, server);
      Class<?> registry = Class.forName(PACKAGE + "SuspendableActivityRegistry", true, server);
      Class<?> priority = Class.forName(registry.getName() + "$SuspendPriority", true, server);
      var end = registry.getMethod("unregisterActivity", type);
      Object participant =
          Proxy.newProxyInstance(server, new Class<?>[] {type}, participant(activity));
      registry
          .getMethod("registerActivity", type, priority)
          .invoke(controller, participant, priority.getField("FIRST").get(null));
      return Optional.of(
          () -> {
            try {
              end.invoke(controller, participant);
            } catch (ReflectiveOperationException e) {
              throw new IllegalStateException(e);
            }
          });
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      LOG.debugf(e, "TIDE0210 The server's suspend controller is not the one that is known here.");
      return Optional.empty();
    }
  }

  private static InvocationHandler participant(Activity activity) {
    return (proxy, method, arguments) ->
        switch (method.getName()) {
          case "prepare" -> CompletableFuture.completedFuture(null);
          case "suspend" ->
              isStarting(arguments[0]) ? done(activity::suspended) : activity.suspending();
          case "resume" -> done(activity::resumed);
          case "equals" -> proxy == arguments[0];
          case "hashCode" -> System.identityHashCode(proxy);
          case "toString" -> activity.toString();
          default -> throw new UnsupportedOperationException(method.getName());
        };
  }

  /** Whether the activity joins a server that is suspended already, as a starting one is. */
  private static boolean isStarting(Object context) throws ReflectiveOperationException {
    return (boolean) context.getClass().getMethod("isStarting").invoke(context);
  }

  private static CompletionStage<Void> done(Runnable notice) {
    notice.run();
    return CompletableFuture.completedFuture(null);
  }
}
