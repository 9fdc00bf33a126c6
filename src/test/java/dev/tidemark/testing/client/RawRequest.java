package dev.tidemark.testing.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A client of HTTP written by hand on a plain TCP socket: it sends when and what it is told to, and
 * reads when it is told to. Not thread-safe.
 */
public final class RawRequest implements AutoCloseable {
  private static final int RECEIVE_BUFFER_BYTES = 4_096;

  private final Socket socket = new Socket();
  private final String host;

  /** A response; its body is as long as the response says. */
  public record Answer(int status, String head, String body) {
    /** The value of a header. */
    public Optional<String> header(String name) {
      return head.lines()
          .filter(
              line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
          .map(line -> line.substring(name.length() + 1).strip())
          .findFirst();
    }
  }

  private RawRequest(URI server, String from) throws IOException {
    socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
    socket.setSoTimeout((int) WireClient.PATIENCE.toMillis());
    socket.setTcpNoDelay(true);
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
    host = server.getHost() + ":" + server.getPort();
  }

  public static RawRequest connect(URI server) throws IOException {
    return connect(server, "127.0.0.1");
  }

  /**
   * @param from the client's own address, one of this machine
   */
  public static RawRequest connect(URI server, String from) throws IOException {
    return new RawRequest(server, from);
  }

  /**
   * Sends the head of a request.
   *
   * @param line method and path
   */
  public RawRequest head(String line, String... headers) throws IOException {
    StringBuilder head = new StringBuilder(line).append(" HTTP/1.1\r\nHost: ").append(host);
    Stream.of(headers).forEach(header -> head.append("\r\n").append(header));
    return send(head.append("\r\n\r\n").toString());
  }

  public RawRequest send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
    return this;
  }

  /** Sends, and reads nothing, until the server has closed the connection. */
  public void sendUntilClosed(String text) {
    try {
      while (true) {
        send(text);
      }
    } catch (IOException e) {
      // what was waited for
    }
  }

  /** Reads one response. */
  public Answer read() throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("The connection ended after: " + head);
      }
      head.append((char) next);
    }
    Answer bare = new Answer(Integer.parseInt(head.substring(9, 12)), head.toString(), "");
    int length = bare.header("Content-Length").map(Integer::valueOf).orElse(0);
    return new Answer(bare.status(), bare.head(), new String(in.readNBytes(length), UTF_8));
  }

  /** Whether the server ends the connection without a further byte. */
  public boolean hasNoMore() throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }

  /** Whether the server ends the connection, whatever it still sends. */
  public boolean isEnded() throws IOException {
    try {
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
      return true;
    } catch (SocketException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
