package dev.tidemark.tools.fuzz;

import java.nio.charset.StandardCharsets;

/**
 * A request of HTTP that a hostile client puts on the wire.
 *
 * @param number which of the fuzz's calls it is, from 0
 * @param method the method that its first line has
 * @param isWhole whether the server has all that it needs to answer
 */
@SuppressWarnings("ArrayRecordComponent") // written once, never compared
record HostileCall(long number, String method, byte[] bytes, boolean isWhole) {
  private static final int MAX_SHOWN = 500;

  @Override
  public String toString() {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    String shown = text.substring(0, Math.min(MAX_SHOWN, text.length()));
    return shown.replace("\r\n", " | ").replaceAll("[^ -~]", ".");
  }
}
