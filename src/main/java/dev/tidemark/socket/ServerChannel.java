package dev.tidemark.socket;

import io.undertow.websockets.core.WebSocketChannel;
import jakarta.websocket.Session;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.xnio.IoUtils;

/** The channel of a socket of the server. */
final class ServerChannel implements RawChannel {
  private static final Logger LOG = Logger.getLogger(ServerChannel.class);
  private static final AtomicBoolean IS_SAID = new AtomicBoolean();

  private final WebSocketChannel channel;

  private ServerChannel(WebSocketChannel channel) {
    this.channel = channel;
  }

  /** The server's class is asked by its name, because it is no part of its public interface. */
  static RawChannel of(Session socket) {
    try {
      return new ServerChannel(
          (WebSocketChannel) socket.getClass().getMethod("getWebSocketChannel").invoke(socket));
    } catch (ReflectiveOperationException e) {
      if (IS_SAID.compareAndSet(false, true)) {
        LOG.warnf("TIDE0231 Sockets cannot be read more slowly than their clients send: %s", e);
      }
      return new None();
    }
  }

  @Override
  public void onIoThread(Runnable task) {
    Executor ioThread = channel.getIoThread(); // its class is one of the server's private ones
    ioThread.execute(task);
  }

  @Override
  public boolean canSuspend() {
    return true;
  }

  @Override
  public void suspend() {
    channel.suspendReceives();
  }

  @Override
  public void resume() {
    channel.resumeReceives();
  }

  @Override
  public void closeHere() {
    IoUtils.safeClose(channel);
  }

  /** On a server whose sockets are others. */
  private static final class None implements RawChannel {
    @Override
    public void onIoThread(Runnable task) {}

    @Override
    public boolean canSuspend() {
      return false;
    }

    @Override
    public void suspend() {}

    @Override
    public void resume() {}

    @Override
    public void closeHere() {}
  }
}
