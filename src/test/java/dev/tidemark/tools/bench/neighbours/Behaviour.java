package dev.tidemark.tools.bench.neighbours;

import java.util.List;
import java.util.function.IntFunction;

/**
 * What a connection does too much.
 *
 * @param who who it comes from
 * @param opening what is sent first, by the number of the connection
 * @param socket whether that asks for a WebSocket, and the rest waits for it
 * @param greeting what is sent then, once
 * @param action what is sent again and again
 * @param reads whether anybody reads what the gateway sends
 */
record Behaviour(
    Who who,
    IntFunction<String> opening,
    boolean socket,
    IntFunction<List<byte[]>> greeting,
    Action action,
    boolean reads) {

  /** What a connection sends at one of its turns; empty for nothing. */
  interface Action {
    byte[] bytes(int connection, int time);
  }

  /** Who does too much. */
  enum Who {
    /** One account, from an address of its own. */
    PRINCIPAL,
    /** Somebody without an account, from an address of their own. */
    STRANGER,
    /** Another page in the browser of the neighbour, and so from the neighbour's address. */
    PAGE
  }
}
