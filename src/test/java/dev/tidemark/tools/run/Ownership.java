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
 * Lets one process at a time own a resource, by the lock of a file. The lock ends with the process,
 * however that ends.
 */
final class Ownership implements AutoCloseable {

  private final Path file;
  private final String refusal;
  private FileChannel held;

  /**
   * @param file file to be made and locked, not in a directory that is emptied while it is held
   * @param refusal message if another process owns the resource
   */
  Ownership(Path file, String refusal) {
    this.file = file;
    this.refusal = refusal;
  }

  /**
   * Takes or keeps the resource.
   *
   * @throws StartupException if another process owns it
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

  /** Releases the resource. */
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
      return null; // this process itself owns it already
    }
  }
}
