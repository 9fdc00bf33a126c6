package dev.tidemark.tools.fuzz;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * A plain TCP connection that reads while it writes, so that neither side waits for the other for
 * ever. Used by one thread.
 */
final class HostileSocket implements AutoCloseable {
  /** A server that neither reads nor closes for this long has failed. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final Consumer<ByteBuffer> received;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
  private boolean ended;

  private HostileSocket(SocketChannel channel, Consumer<ByteBuffer> received) throws IOException {
    this.channel = channel;
    this.received = received;
    channel.configureBlocking(false);
    selector = Selector.open();
    key = channel.register(selector, SelectionKey.OP_READ);
  }

  /**
   * Opens a connection.
   *
   * @param received takes what comes in
   * @throws IOException if the server takes no connection
   */
  static HostileSocket connect(InetSocketAddress server, Consumer<ByteBuffer> received)
      throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.connect(server);
      return new HostileSocket(channel, received);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Whether the server has closed the connection, as far as was read. */
  boolean hasEnded() {
    return ended;
  }

  /**
   * Writes all of it, reading meanwhile.
   *
   * @throws SilentServerException if the server takes nothing for {@link #PATIENCE}
   */
  void write(byte[] bytes) {
    ByteBuffer out = ByteBuffer.wrap(bytes);
    try {
      readNow();
      while (out.hasRemaining() && !ended) {
        if (channel.write(out) == 0) {
          await(SelectionKey.OP_READ | SelectionKey.OP_WRITE, PATIENCE);
          readNow();
        }
      }
    } catch (IOException e) {
      ended = true; // closed or reset by the server
    }
  }

  /** Takes in what is there already. */
  void readNow() {
    try {
      int count = 1;
      while (count > 0 && !ended) {
        count = channel.read(buffer.clear());
        if (count < 0) {
          ended = true;
        } else if (count > 0) {
          received.accept(buffer.flip());
        }
      }
    } catch (IOException e) {
      ended = true;
    }
  }

  /**
   * Waits for more, or for the end.
   *
   * @throws SilentServerException if neither comes in time
   */
  void readMore(Duration patience) {
    try {
      await(SelectionKey.OP_READ, patience);
      readNow();
    } catch (IOException e) {
      ended = true;
    }
  }

  private void await(int operations, Duration patience) throws IOException {
    key.interestOps(operations);
    if (selector.select(patience.toMillis()) == 0) {
      throw new SilentServerException(patience);
    }
    selector.selectedKeys().clear();
  }

  void halfClose() throws IOException {
    channel.shutdownOutput();
  }

  /** Closes so that the server gets a reset instead of an end. */
  void reset() throws IOException {
    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    close();
  }

  @Override
  public void close() throws IOException {
    selector.close();
    channel.close();
  }
}
