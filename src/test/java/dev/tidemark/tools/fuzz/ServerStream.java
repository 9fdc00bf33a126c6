package dev.tidemark.tools.fuzz;

import dev.tidemark.testing.client.WireFrame;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** What a server sends on a WebSocket, put together from bytes and judged by RFC 6455. */
final class ServerStream {
  private static final int RESERVED = 0x70;
  private static final int MAX_LENGTH = 64 << 20;

  private final SocketOracle oracle;
  private final ByteArrayOutputStream message = new ByteArrayOutputStream();
  private ByteBuffer bytes = ByteBuffer.allocate(1 << 12).flip();
  private boolean open;
  private boolean unfinished;

  ServerStream(SocketOracle oracle) {
    this.oracle = oracle;
  }

  /** Takes in bytes of frames, however they are cut. */
  void take(ByteBuffer more) {
    ByteBuffer all = ByteBuffer.allocate(bytes.remaining() + more.remaining());
    bytes = all.put(bytes).put(more).flip();
    open = true;
    while (open) {
      bytes.mark();
      if (!takeFrame()) {
        bytes.reset();
        open = false;
      }
    }
  }

  /** Takes the next frame; false if it is not complete. */
  private boolean takeFrame() {
    if (bytes.remaining() < 2) {
      return false;
    }
    int first = bytes.get() & 0xff;
    int second = bytes.get() & 0xff;
    int width = second == 127 ? 8 : second == 126 ? 2 : 0;
    if ((first & RESERVED) != 0 || (second & 0x80) != 0) {
      throw new AssertionError("A frame of the server is masked or has reserved bits.");
    }
    if (bytes.remaining() < width) {
      return false;
    }
    long length = width == 8 ? bytes.getLong() : width == 2 ? bytes.getShort() & 0xffff : second;
    if (length < 0 || length > MAX_LENGTH) {
      throw new AssertionError("A frame of the server has " + length + " bytes.");
    }
    if (bytes.remaining() < length) {
      return false;
    }
    byte[] payload = new byte[(int) length];
    bytes.get(payload);
    take(first & 0xf, (first & WireFrame.FINAL) != 0, payload);
    return true;
  }

  private void take(int opcode, boolean last, byte[] payload) {
    switch (opcode) {
      case WireFrame.TEXT, WireFrame.CONTINUATION -> {
        if (unfinished == (opcode == WireFrame.TEXT)) {
          throw new AssertionError("A message of the server begins in another one.");
        }
        message.writeBytes(payload);
        unfinished = !last;
        if (last) {
          oracle.text(utf8(message.toByteArray()));
          message.reset();
        }
      }
      case WireFrame.CLOSE -> oracle.closed(payload);
      case WireFrame.PING, WireFrame.PONG -> {}
      default -> throw new AssertionError("The server sent a frame with opcode " + opcode);
    }
  }

  private static String utf8(byte[] bytes) {
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return text.toString();
    } catch (CharacterCodingException e) {
      throw new AssertionError("A message of the server is not UTF-8", e);
    }
  }
}
