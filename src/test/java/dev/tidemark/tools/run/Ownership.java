package dev.tidemark.tools.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One process at a time may have what the file stands for. The lock goes with the process, however
 * that ends.
 */
final class Ownership implements AutoCloseable {

  private final Path file;
  private final String refusal;
  private FileChannel held;

  /**
   * @param file is made and locked; it is not in a directory that is emptied while it is held
   * @param refusal what to say where another process has it
   */
  Ownership(Path file, String refusal) {
    this.file = file;
    this.refusal = refusal;
  }

  /**
   * Takes it, or keeps it.
   *
   * @throws StartupException where somebody else has it
   */
  void take() {
    if (isHeld()) {
      return;
    }
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (tryLock(channel) == null) {
        channel.close();
        throw new StartupException(refusal);
      }
      held = channel;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isHeld() {
    return held != null;
  }

  /** Lets go of it. */
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
