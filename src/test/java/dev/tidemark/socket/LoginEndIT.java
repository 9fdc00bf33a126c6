package dev.tidemark.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.access.Authentication;
import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.caller.AuthenticatedPrincipal;
import dev.tidemark.access.login.BrowserLogin;
import dev.tidemark.access.login.BrowserLogins;
import dev.tidemark.access.login.LoginExtension;
import dev.tidemark.testing.container.TidemarkArchive;
import dev.tidemark.wire.ErrorCode;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.session.SessionListener;
import io.undertow.server.session.SessionListener.SessionDestroyedReason;
import io.undertow.servlet.api.DeploymentInfo;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendHandler;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A browser's login that ends in the moment in which its socket is registered ends the socket, and
 * neither of them leaves an entry. The moment is held by the login's monitor.
 */
@ArquillianTest
class LoginEndIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int LOGGED_OUT = ErrorCode.LOGGED_OUT.closeCode().orElseThrow();

  @Inject Connections connections;
  @Inject BrowserLogins browserLogins;

  private final Map<String, Object> attributes = new ConcurrentHashMap<>();
  private final List<String> ended = new CopyOnWriteArrayList<>();
  private final List<Integer> closeCodes = new CopyOnWriteArrayList<>();
  private SessionListener httpSessions;
  private BrowserLogin login;

  @Deployment
  static WebArchive application() {
    return TidemarkArchive.with(LoginEndIT.class);
  }

  @BeforeEach
  void logIn() {
    DeploymentInfo server = new DeploymentInfo().setClassLoader(getClass().getClassLoader());
    ServletContext context = proxy(ServletContext.class, (self, method, arguments) -> null);
    new LoginExtension().handleDeployment(server, context);
    httpSessions = server.getSessionListeners().get(0);
    HttpServerExchange exchange = new HttpServerExchange(null);
    exchange.setSourceAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
    httpSessions.sessionCreated(httpSession(io.undertow.server.session.Session.class), exchange);
    login = browserLogins.of(request(), caller()).orElseThrow();
    assertEquals(Optional.of(login), browserLogins.find(login.id()));
  }

  private void logOut() {
    httpSessions.sessionDestroyed(
        httpSession(io.undertow.server.session.Session.class),
        null,
        SessionDestroyedReason.INVALIDATED);
  }

  @Test
  void aSocketOfALoginThatHasEndedIsEnded() {
    logOut();
    assertEnded(open());
  }

  @Test
  void aSocketIsEndedWhoseLoginEndsWhileItIsRegistered() throws Exception {
    meanwhile(this::open, this::logOut);
    assertEnded(connections.all().get(0));
  }

  @Test
  void aSocketThatClosesWhileItIsRegisteredLeavesNothing() throws Exception {
    meanwhile(
        this::open,
        () -> connections.closed(connections.all().get(0), CloseCodes.CLOSED_ABNORMALLY.getCode()));
    assertEquals(0, connections.count());
    logOut();
    assertEquals(List.of(), closeCodes);
  }

  @Test
  void whatIsDetachedWhileItIsAttachedIsNotKept() throws Exception {
    LoginBinding binding = new LoginBinding(login, () -> ended.add("connection"), Optional::empty);
    meanwhile(binding::attach, binding::detach);
    logOut();
    assertEquals(List.of(), ended);
  }

  @Test
  void whatIsAttachedWhileTheLoginEndsIsEndedOnce() throws Exception {
    LoginBinding binding = new LoginBinding(login, () -> ended.add("connection"), Optional::empty);
    meanwhile(binding::attach, this::logOut);
    assertEquals(List.of("connection"), ended);
  }

  /** Does the second while the first, on another thread, is about to attach to the login. */
  private void meanwhile(Runnable attaching, Runnable event) throws InterruptedException {
    BrowserLogin monitor = login;
    Thread thread = new Thread(attaching, "attaching");
    synchronized (monitor) {
      thread.start();
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!isBlockedBy(monitor, thread)) {
        assertTrue(System.nanoTime() < deadline, "it does not attach");
        Thread.onSpinWait();
      }
      event.run();
    }
    thread.join(PATIENCE.toMillis());
    assertFalse(thread.isAlive());
  }

  private static boolean isBlockedBy(Object monitor, Thread thread) {
    var info = ManagementFactory.getThreadMXBean().getThreadInfo(thread.getId());
    LockInfo lock = info == null ? null : info.getLockInfo();
    return lock != null
        && lock.getClassName().equals(monitor.getClass().getName())
        && lock.getIdentityHashCode() == System.identityHashCode(monitor);
  }

  private Connection open() {
    return connections.open(socket(), new AuthenticatedPrincipal(caller(), Optional.of(login)));
  }

  private void assertEnded(Connection connection) {
    assertEquals(List.of(LOGGED_OUT), closeCodes);
    connections.closed(connection, LOGGED_OUT); // as the endpoint does when the socket is closed
    assertEquals(0, connections.count());
    assertTrue(browserLogins.find(login.id()).isEmpty());
  }

  private static Caller caller() {
    return new Caller(
        "alice",
        Set.of(Role.USER),
        Caller.DEFAULT_TENANT,
        Authentication.LOCAL,
        "127.0.0.1",
        Optional.empty());
  }

  /** A socket whose frames are sent at once. */
  private Session socket() {
    RemoteEndpoint.Async remote =
        proxy(
            RemoteEndpoint.Async.class,
            (self, method, arguments) -> {
              if (method.getName().equals("sendText")) {
                ((SendHandler) arguments[1]).onResult(new SendResult());
              }
              return null;
            });
    return proxy(
        Session.class,
        (self, method, arguments) -> {
          if (method.getName().equals("close")) {
            closeCodes.add(((CloseReason) arguments[0]).getCloseCode().getCode());
          }
          return method.getName().equals("getAsyncRemote") ? remote : null;
        });
  }

  private HttpServletRequest request() {
    HttpSession session = httpSession(HttpSession.class);
    return proxy(
        HttpServletRequest.class,
        (self, method, arguments) -> method.getName().equals("getSession") ? session : null);
  }

  /** The same HTTP session, as the server and as a servlet see it. */
  private <T> T httpSession(Class<T> type) {
    return proxy(
        type,
        (self, method, arguments) ->
            switch (method.getName()) {
              case "getAttribute" -> attributes.get(arguments[0]);
              case "setAttribute" -> attributes.put((String) arguments[0], arguments[1]);
              case "removeAttribute" -> attributes.remove(arguments[0]);
              default -> null;
            });
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(LoginEndIT.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
