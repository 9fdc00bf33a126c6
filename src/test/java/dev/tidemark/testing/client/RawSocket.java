package dev.tidemark.testing.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A WebSocket client written by hand on a plain TCP socket with a small receive buffer: it answers
 * no ping and reads only when told to, like a slow or dead peer. Not thread-safe.
 */
public final class RawSocket implements AutoCloseable {
  private static final int RECEIVE_BUFFER_BYTES = 8_192;
  private static final int TEXT = 1;
  private static final int CONTINUATION = 0;
  private static final int CLOSE = 8;
  private static final int FINAL = 0x80;

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private int closeCode;
  private boolean unfinished;

  /**
   * One message or control frame.
   *
   * @param bytes length of the payload
   */
  public record Received(int opcode, String payload, int bytes) {
    public boolean isText() {
      return opcode == TEXT;
    }

    public Frame frame() {
      return Frame.of(payload);
    }
  }

  private RawSocket(URI uri, String account) throws IOException {
    socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
    socket.setSoTimeout((int) WireClient.PATIENCE.toMillis());
    socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
    in = new DataInputStream(socket.getInputStream());
    String request =
        """
        GET %s HTTP/1.1\r
        Host: %s:%d\r
        Connection: Upgrade\r
        Upgrade: websocket\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Authorization: %s\r
        \r
        """
            .formatted(
                uri.getPath(), uri.getHost(), uri.getPort(), WireClient.authorization(account));
    socket.getOutputStream().write(request.getBytes(UTF_8));
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("\r\n\r\n") < 0) {
      answer.append((char) in.readUnsignedByte());
    }
    if (!answer.toString().startsWith("HTTP/1.1 101")) {
      throw new IOException(answer.toString());
    }
  }

  public static RawSocket connect(URI uri, String account) throws IOException {
    return new RawSocket(uri, account);
  }

  /** Sends a whole text message. */
  public void send(String text) throws IOException {
    send((unfinished ? CONTINUATION : TEXT) | FINAL, text.getBytes(UTF_8));
    unfinished = false;
  }

  /** Sends a text message in parts, cut anywhere: also within a character. */
  public void sendParts(String text, int partBytes) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    for (int from = 0; from < bytes.length; from += partBytes) {
      int until = Math.min(bytes.length, from + partBytes);
      send(
          (from == 0 ? TEXT : CONTINUATION) | (until == bytes.length ? FINAL : 0),
          Arrays.copyOfRange(bytes, from, until));
    }
  }

  /** Sends a text message whose end does not come; the next message is its end. */
  public void sendUnfinished(String text) throws IOException {
    send(unfinished ? CONTINUATION : TEXT, text.getBytes(UTF_8));
    unfinished = true;
  }

  private void send(int firstByte, byte[] payload) throws IOException {
    byte[] mask = new byte[4];
    ThreadLocalRandom.current().nextBytes(mask);
    ByteBuffer frame = ByteBuffer.allocate(14 + payload.length).put((byte) firstByte);
    if (payload.length < 126) {
      frame.put((byte) (0x80 | payload.length));
    } else if (payload.length < 65_536) {
      frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
    } else {
      frame.put((byte) (0x80 | 127)).putLong(payload.length);
    }
    frame.put(mask);
    for (int i = 0; i < payload.length; i++) {
      frame.put((byte) (payload[i] ^ mask[i % 4]));
    }
    socket.getOutputStream().write(frame.array(), 0, frame.position());
  }

  /**
   * Reads the next message or control frame.
   *
   * @return {@code null} at the end of the connection
   */
  public Received read() throws IOException {
    try {
      ByteBuffer message = ByteBuffer.allocate(1 << 22);
      int opcode = 0;
      while (true) {
        int first = in.readUnsignedByte();
        byte[] payload = new byte[length()];
        in.readFully(payload);
        message.put(payload);
        opcode = (first & 0xf) == CONTINUATION ? opcode : first & 0xf;
        if ((first & FINAL) != 0) {
          if (opcode == CLOSE) {
            closeCode = message.getShort(0) & 0xffff;
          }
          String text = new String(message.array(), 0, message.position(), UTF_8);
          return new Received(opcode, text, message.position());
        }
      }
    } catch (EOFException | SocketException e) {
      return null;
    }
  }

  private int length() throws IOException {
    int length = in.readUnsignedByte() & 0x7f;
    return switch (length) {
      case 126 -> in.readUnsignedShort();
      case 127 -> Math.toIntExact(in.readLong());
      default -> length;
    };
  }

  /** Reads until there is a frame of that type, and returns it. */
  public Frame await(String type) throws IOException {
    return awaitOneOf(type);
  }

  /** Reads until there is a frame of one of these types, and returns it. */
  public Frame awaitOneOf(String... types) throws IOException {
    while (true) {
      Received next = read();
      if (next == null || next.opcode() == CLOSE) {
        throw new AssertionError("Closed with " + closeCode + " instead of " + List.of(types));
      }
      if (next.isText() && Arrays.stream(types).anyMatch(next.frame()::is)) {
        return next.frame();
      }
    }
  }

  /** Reads all frames until the end of the connection. */
  public List<Frame> readToTheEnd() throws IOException {
    List<Frame> frames = new ArrayList<>();
    for (Received next = read(); next != null && next.opcode() != CLOSE; next = read()) {
      if (next.isText()) {
        frames.add(next.frame());
      }
    }
    return frames;
  }

  /**
   * Reads until the end of the connection and returns its close code, or 1006 if there was none.
   */
  public int awaitClose() throws IOException {
    Received next = read();
    while (next != null && next.opcode() != CLOSE) {
      next = read();
    }
    return closeCode().orElse(1006);
  }

  /** The close code that was read; empty if the connection ended, or still lives, without one. */
  public OptionalInt closeCode() {
    return closeCode == 0 ? OptionalInt.empty() : OptionalInt.of(closeCode);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
