package dev.tidemark.tools.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Sends hostile calls, each on a connection of its own, because many leave theirs unusable. */
final class HostileCaller {
  /** How long a client that has promised more than it sends stays before it goes. */
  private static final Duration LINGER = Duration.ofMillis(50);

  private final InetSocketAddress server;
  private final CallGenerator generator;
  private final Tallies tallies;

  HostileCaller(InetSocketAddress server, CallGenerator generator, Tallies tallies) {
    this.server = server;
    this.generator = generator;
    this.tallies = tallies;
  }

  /**
   * Makes the call with this number.
   *
   * @throws AssertionError if the gateway answers as it should not
   * @throws SilentServerException if it does not answer
   * @throws IOException if it takes no connection
   */
  void call(long number) throws IOException {
    HostileCall call = generator.call(number);
    CallOracle oracle = new CallOracle(call.method());
    ByteArrayOutputStream response = new ByteArrayOutputStream();
    try (HostileSocket socket = HostileSocket.connect(server, bytes -> take(bytes, response))) {
      socket.write(call.bytes());
      try {
        while (!socket.hasEnded() && !oracle.isWhole(response.toByteArray())) {
          socket.readMore(call.isWhole() ? HostileSocket.PATIENCE : LINGER);
        }
      } catch (SilentServerException e) {
        if (call.isWhole()) {
          throw new AssertionError(e.getMessage() + " to " + call, e);
        }
      }
    }
    if (response.size() == 0) {
      tallies.count("rest closed");
      return;
    }
    oracle.judge(call, response.toByteArray());
    tallies.count("rest " + oracle.status(response.toByteArray()).orElseThrow());
  }

  private static void take(ByteBuffer bytes, ByteArrayOutputStream response) {
    byte[] more = new byte[bytes.remaining()];
    bytes.get(more);
    response.writeBytes(more);
  }
}
