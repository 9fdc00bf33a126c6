package dev.tidemark.socket;

import jakarta.websocket.CloseReason;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendHandler;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A socket in memory, whose client reads when the test says so, and whose methods may fail. */
final class FakeSocket implements InvocationHandler {
  final List<String> sent = new ArrayList<>();
  final List<Integer> closeCodes = new ArrayList<>();

  /** The names of the methods that throw. */
  final Set<String> failing = new HashSet<>();

  private final Deque<SendHandler> inFlight = new ArrayDeque<>();

  Session session() {
    return proxy(Session.class);
  }

  /** The client reads all that is on its way. */
  void readAll() {
    while (!inFlight.isEmpty()) {
      inFlight.remove().onResult(new SendResult());
    }
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) {
    if (failing.contains(method.getName())) {
      throw new OutOfMemoryError("as told");
    }
    return switch (method.getName()) {
      case "getAsyncRemote" -> proxy(RemoteEndpoint.Async.class);
      case "sendText" -> {
        sent.add((String) arguments[0]);
        inFlight.add((SendHandler) arguments[1]);
        yield null;
      }
      case "close" -> {
        closeCodes.add(((CloseReason) arguments[0]).getCloseCode().getCode());
        yield null;
      }
      default -> null;
    };
  }

  private <T> T proxy(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {type}, this));
  }
}
