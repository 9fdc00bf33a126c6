package dev.tidemark.tools.bench.neighbours;

/**
 * How much somebody does too much.
 *
 * @param sockets connections at once
 * @param perSecond what is sent in all, each second
 * @param each what is sent on one connection at most
 */
record Volume(int sockets, int perSecond, int each) {
  static final int WITHOUT_END = Integer.MAX_VALUE;

  static Volume of(int sockets, int perSecond) {
    return new Volume(sockets, perSecond, WITHOUT_END);
  }
}
