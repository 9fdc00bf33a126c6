package dev.tidemark.tools.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.testing.client.WireFrame;
import dev.tidemark.tools.fuzz.HostileFrame.Then;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Sends some frames that follow each other, over as many connections as it takes: a connection that
 * was closed, by either side, is replaced at the next frame.
 */
final class HostileClient {
  private static final byte[] PING =
      WireFrame.of(WireFrame.TEXT, "{\"type\":\"ping\"}".getBytes(UTF_8)).bytes();

  private final InetSocketAddress server;
  private final FrameGenerator generator;
  private final Tallies tallies;
  private final long seed;
  private HostileSocket socket;
  private SocketOracle oracle;
  private ServerStream stream;
  private ByteArrayOutputStream response;
  private boolean keepsStep;

  HostileClient(InetSocketAddress server, long seed, FrameGenerator generator, Tallies tallies) {
    this.server = server;
    this.seed = seed;
    this.generator = generator;
    this.tallies = tallies;
  }

  /**
   * Sends the frames with these numbers.
   *
   * @throws AssertionError if the gateway answers as it should not
   * @throws SilentServerException if it does not answer
   * @throws IOException if it takes no connection
   */
  void send(long from, long until) throws IOException {
    try {
      for (long number = from; number < until; number++) {
        if (socket == null) {
          open(number);
        }
        if (socket != null) {
          send(generator.frame(number));
        }
      }
      finish();
    } finally {
      close();
    }
  }

  private void open(long number) throws IOException {
    response = new ByteArrayOutputStream();
    oracle = new SocketOracle(tallies);
    stream = null;
    keepsStep = true;
    socket = HostileSocket.connect(server, this::received);
    socket.write(Handshakes.request(Dice.of(seed, "handshake", number)));
    while (stream == null && response != null && !socket.hasEnded()) {
      socket.readMore(HostileSocket.PATIENCE);
    }
    if (stream == null) {
      close();
    }
  }

  private void received(ByteBuffer bytes) {
    if (stream != null) {
      stream.take(bytes);
      return;
    }
    byte[] more = new byte[bytes.remaining()];
    bytes.get(more);
    response.writeBytes(more);
    String head = response.toString(ISO_8859_1);
    int end = head.indexOf("\r\n\r\n");
    if (end < 0) {
      return;
    }
    String status = head.substring(9, 12);
    tallies.count("handshake " + status);
    if (status.startsWith("5") && !status.equals("503")) {
      throw new AssertionError(head);
    }
    if (status.equals("101")) {
      stream = new ServerStream(oracle);
      stream.take(ByteBuffer.wrap(response.toByteArray(), end + 4, response.size() - end - 4));
    }
    response = null;
  }

  private void send(HostileFrame frame) throws IOException {
    tallies.count("sent " + frame.kind().replaceAll("[^a-z].*", ""));
    if (frame.kind().startsWith("close ")) {
      oracle.mayRepeat(Integer.parseInt(frame.kind().substring("close ".length())));
    }
    keepsStep &= frame.keepsStep();
    socket.write(frame.bytes());
    if (frame.then() == Then.HALF_CLOSE) {
      socket.halfClose();
      awaitEnd(frame);
    } else if (frame.then() == Then.RESET) {
      socket.reset();
      socket = null;
    } else if (frame.then() == Then.CUT || socket.hasEnded()) {
      close();
    }
  }

  /** A server whose client has said its last word has to close. */
  private void awaitEnd(HostileFrame frame) throws IOException {
    try {
      while (!socket.hasEnded()) {
        socket.readMore(HostileSocket.PATIENCE);
      }
    } catch (SilentServerException e) {
      throw new AssertionError("no end after " + frame, e);
    }
    close();
  }

  /** A connection that still keeps step is still answered. */
  private void finish() {
    if (socket == null || !keepsStep) {
      return;
    }
    int before = oracle.pongs();
    socket.write(PING);
    long deadline = System.nanoTime() + HostileSocket.PATIENCE.toNanos();
    while (oracle.pongs() == before && !socket.hasEnded() && oracle.closeCode().isEmpty()) {
      Duration left = Duration.ofNanos(deadline - System.nanoTime());
      if (left.isNegative()) {
        throw new SilentServerException(HostileSocket.PATIENCE);
      }
      socket.readMore(left);
    }
  }

  private void close() throws IOException {
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }
}
