package dev.tidemark.testing.watch;

/** What a neighbour does. */
public enum Operation {
  /** Sends a message and waits for the response of its agent. */
  MESSAGE,
  /** Opens a socket, joins a session and waits until all of it was replayed. */
  JOIN,
  /** Lists its sessions by REST. */
  REST,
  /** Loads the page in a browser that is logged in; logs in anew now and then. */
  PAGE
}
