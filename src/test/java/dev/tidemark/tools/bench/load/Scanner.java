package dev.tidemark.tools.bench.load;

import io.netty.buffer.ByteBuf;

/**
 * Reads the few fields of a frame that a client counts by, straight from its bytes. It relies on
 * the order in which the gateway writes them: type, seq, from_seq.
 */
final class Scanner {
  private static final byte[] TYPE = bytes("{\"type\":\"");
  private static final byte[] SEQ = bytes("\",\"seq\":");
  private static final byte[] FROM_SEQ = bytes(",\"from_seq\":");
  private static final byte[] STAMP = bytes(":\"t=");

  /** The {@link #seq} of a frame without a number. */
  static final long NONE = -1;

  private long seq;
  private long fromSeq;
  private int typeStart;
  private int typeEnd;

  /** Reads the frame that lies between two indexes. */
  void read(ByteBuf text, int start, int end) {
    seq = NONE;
    fromSeq = NONE;
    typeStart = start + TYPE.length;
    typeEnd = typeStart;
    if (!startsWith(text, start, end, TYPE)) {
      throw new IllegalStateException("Not a frame: " + text.toString());
    }
    while (typeEnd < end && text.getByte(typeEnd) != '"') {
      typeEnd++;
    }
    if (startsWith(text, typeEnd, end, SEQ)) {
      int after = typeEnd + SEQ.length;
      seq = number(text, after, end);
      fromSeq = seq;
      while (after < end && isDigit(text.getByte(after))) {
        after++;
      }
      if (startsWith(text, after, end, FROM_SEQ)) {
        fromSeq = number(text, after + FROM_SEQ.length, end);
      }
    }
  }

  /** The number of the frame, or {@link #NONE}. */
  long seq() {
    return seq;
  }

  /** The first event that the frame stands for: {@code from_seq}, or else its own number. */
  long fromSeq() {
    return fromSeq;
  }

  boolean isType(ByteBuf text, byte[] type) {
    return typeEnd - typeStart == type.length && startsWith(text, typeStart, typeEnd, type);
  }

  /** The time that the agent wrote into the payload, in microseconds since 1970, or NONE. */
  static long stampMicros(ByteBuf text, int start, int end) {
    for (int i = start; i < end - STAMP.length; i++) {
      if (text.getByte(i) == ':' && startsWith(text, i, end, STAMP)) {
        return number(text, i + STAMP.length, end);
      }
    }
    return NONE;
  }

  static byte[] bytes(String ascii) {
    return ascii.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  }

  private static boolean startsWith(ByteBuf text, int start, int end, byte[] what) {
    if (start + what.length > end) {
      return false;
    }
    for (int i = 0; i < what.length; i++) {
      if (text.getByte(start + i) != what[i]) {
        return false;
      }
    }
    return true;
  }

  private static long number(ByteBuf text, int start, int end) {
    long value = 0;
    for (int i = start; i < end && isDigit(text.getByte(i)); i++) {
      value = value * 10 + text.getByte(i) - '0';
    }
    return value;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }
}
