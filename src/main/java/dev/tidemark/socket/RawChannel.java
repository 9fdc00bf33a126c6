package dev.tidemark.socket;

/** What a socket can do on the server below the interface of Jakarta. */
interface RawChannel {
  /** Runs a short task on the I/O thread of the socket; not at all if it is not there. */
  void onIoThread(Runnable task);

  /** Whether it can be told to read no more; if not, {@link #onIoThread} runs nothing either. */
  boolean canSuspend();

  /** Reads no more for now. */
  void suspend();

  /** Reads again. */
  void resume();

  /** Ends the socket at once: nothing more is sent, and what waits for it is dropped. */
  default void cut() {
    onIoThread(this::closeHere);
  }

  /** Ends the socket, on its I/O thread. */
  void closeHere();
}
