package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.tools.run.Directories;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A script of {@code server-config/} that is killed. */
final class KilledServerConfigIT {
  private StockServer server;
  private SortedMap<String, String> before;

  @BeforeEach
  void unpack() throws IOException {
    server = StockServer.named("server-config-killed");
    before = server.contents();
  }

  /** In the middle of the steps, and with the driver half in the server. */
  @Test
  void aScriptThatIsKilledHasChangedNothingAndALaterOneTidiesUp() throws Exception {
    List<String> command =
        List.of(
            "bash",
            "server-config/install.sh",
            "--driver",
            StockServer.driver(),
            server.home().toString());
    Process install = new ProcessBuilder(command).redirectErrorStream(true).start();
    Awaitility.await()
        .atMost(2, TimeUnit.MINUTES)
        .pollInterval(20, TimeUnit.MILLISECONDS)
        .failFast("the script ended", () -> !install.isAlive())
        .until(this::isHalfDone);
    List<ProcessHandle> all =
        Stream.concat(install.descendants(), Stream.of(install.toHandle())).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle process : all) {
      process.onExit().get(1, TimeUnit.MINUTES);
    }
    assertRemains("standalone/configuration");

    String path = killingPrograms() + ":" + System.getenv("PATH");
    assertEquals(137, StockServer.run(command, Map.of("PATH", path)).code());
    assertRemains("standalone/configuration", "modules");

    FileTime old = FileTime.from(Instant.now().minus(Duration.ofHours(2)));
    for (Path remains : remains()) {
      Files.setLastModifiedTime(remains, old);
    }
    server.install().succeeded();
    assertEquals(List.of(), remains());
  }

  /** A directory with a program that kills the script: by then it has copied the driver. */
  private static Path killingPrograms() throws IOException {
    Path directory = Files.createDirectories(Directories.forTest("server-config-killing"));
    Path program = Files.writeString(directory.resolve("chmod"), "#!/bin/sh\nkill -9 $PPID\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return directory;
  }

  /** All is as before, but for what the scripts have left in these directories. */
  private void assertRemains(String... directories) throws IOException {
    List<String> found =
        remains().stream()
            .map(remains -> server.home().relativize(remains.getParent()).toString())
            .distinct()
            .toList();
    assertEquals(List.of(directories), found);
    SortedMap<String, String> after = server.contents();
    after.keySet().removeIf(file -> file.contains("/.tidemark."));
    assertEquals(before, after);
  }

  private List<Path> remains() throws IOException {
    List<Path> remains = new ArrayList<>();
    for (String directory : List.of("standalone/configuration", "modules")) {
      try (DirectoryStream<Path> found =
          Files.newDirectoryStream(server.home().resolve(directory), ".tidemark.*")) {
        found.forEach(remains::add);
      }
    }
    return remains;
  }

  private boolean isHalfDone() throws IOException {
    try (DirectoryStream<Path> copies =
        Files.newDirectoryStream(server.configuration("standalone").getParent(), ".tidemark.*")) {
      for (Path copy : copies) {
        Path file = copy.resolve("configuration/standalone.xml");
        if (Files.exists(file) && Files.readString(file).contains("tidemark-inbound")) {
          return true;
        }
      }
    }
    return false;
  }
}
