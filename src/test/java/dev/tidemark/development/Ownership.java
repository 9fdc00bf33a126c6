package dev.tidemark.development;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One process at a time may have a directory. The lock goes with the process, however that ends.
 */
final class Ownership implements AutoCloseable {

  private final Path directory;
  private FileChannel held;

  Ownership(Path directory) {
    this.directory = directory;
  }

  /**
   * Takes the directory, or keeps it.
   *
   * @throws StartupException where somebody else has it
   */
  void take() {
    if (isHeld()) {
      return;
    }
    try {
      FileChannel channel =
          FileChannel.open(
              directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (tryLock(channel) == null) {
        channel.close();
        throw new StartupException("Another process is using the data in " + directory + ".");
      }
      held = channel;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isHeld() {
    return held != null;
  }

  /** Lets go of the directory. */
  @Override
  public void close() {
    try {
      if (held != null) {
        held.close();
        held = null;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // this very process has it already
    }
  }
}
