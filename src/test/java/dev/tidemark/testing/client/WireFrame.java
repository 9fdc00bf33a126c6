package dev.tidemark.testing.client;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One frame of RFC 6455 as a client writes it, or as no client should.
 *
 * @param first the byte of flags and opcode
 * @param masked whether the payload is masked, as it has to be
 * @param lengthBytes how the length is written: in 1, 2 or 8 bytes; 0 for the shortest way
 * @param declared the length that is written, which may be a lie
 */
@SuppressWarnings("ArrayRecordComponent") // written once, never compared
public record WireFrame(int first, boolean masked, int lengthBytes, long declared, byte[] payload) {
  public static final int CONTINUATION = 0;
  public static final int TEXT = 1;
  public static final int BINARY = 2;
  public static final int CLOSE = 8;
  public static final int PING = 9;
  public static final int PONG = 10;
  public static final int FINAL = 0x80;

  private static final int MASKED = 0x80;
  private static final int IN_TWO_BYTES = 126;
  private static final int IN_EIGHT_BYTES = 127;
  private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};

  /** A whole frame, as it should be. */
  public static WireFrame of(int opcode, byte[] payload) {
    return new WireFrame(FINAL | opcode, true, 0, payload.length, payload);
  }

  /** A whole text message, as it should be. */
  public static byte[] text(String text) {
    return of(TEXT, text.getBytes(StandardCharsets.UTF_8)).bytes();
  }

  /** With another byte of flags and opcode. */
  public WireFrame withFirst(int byteOfFlags) {
    return new WireFrame(byteOfFlags, masked, lengthBytes, declared, payload);
  }

  /** With a payload that anybody can read, which a client may not send. */
  public WireFrame unmasked() {
    return new WireFrame(first, false, lengthBytes, declared, payload);
  }

  /** With another length, in 1, 2 or 8 bytes. */
  public WireFrame declaring(int bytes, long length) {
    return new WireFrame(first, masked, bytes, length, payload);
  }

  /** The frame as it goes over the wire. */
  public byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(payload.length + 14);
    out.write(first);
    int mask = masked ? MASKED : 0;
    int width = lengthBytes == 0 ? shortest(declared) : lengthBytes;
    if (width == 1) {
      out.write(mask | (int) (declared & 0x7f));
    } else if (width == 2) {
      out.write(mask | IN_TWO_BYTES);
      out.writeBytes(ByteBuffer.allocate(2).putShort((short) declared).array());
    } else {
      out.write(mask | IN_EIGHT_BYTES);
      out.writeBytes(ByteBuffer.allocate(8).putLong(declared).array());
    }
    if (masked) {
      out.writeBytes(MASK);
    }
    for (int i = 0; i < payload.length; i++) {
      out.write(masked ? payload[i] ^ MASK[i % MASK.length] : payload[i]);
    }
    return out.toByteArray();
  }

  private static int shortest(long length) {
    return length < IN_TWO_BYTES ? 1 : length < 1 << 16 ? 2 : 8;
  }
}
