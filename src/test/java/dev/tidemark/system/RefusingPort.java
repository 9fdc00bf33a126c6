package dev.tidemark.system;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Listens at the port of a PostgreSQL that is away; counts the connections and closes them. */
final class RefusingPort implements AutoCloseable {
  private final ServerSocket door;
  private final AtomicInteger count = new AtomicInteger();
  private final CompletableFuture<Void> porter;

  RefusingPort(int port) throws IOException {
    door = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    porter = CompletableFuture.runAsync(this::refuseAll);
  }

  int count() {
    return count.get();
  }

  private void refuseAll() {
    try {
      while (true) {
        door.accept().close();
        count.incrementAndGet();
      }
    } catch (IOException closed) {
      // the test is over
    }
  }

  @Override
  public void close() throws IOException {
    door.close();
    porter.join();
  }
}
