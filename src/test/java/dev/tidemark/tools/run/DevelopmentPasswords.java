package dev.tidemark.tools.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Properties;

/**
 * Random passwords for the database of one directory, made once and kept beside the data, readable
 * by the data's owner only.
 *
 * @param superuser password of the role postgres
 * @param app password of the role tidemark_app
 * @param auditor password of the role tidemark_auditor
 */
public record DevelopmentPasswords(String superuser, String app, String auditor) {

  public static final String FILE = "passwords.properties";

  static DevelopmentPasswords in(Path directory) {
    Path file = directory.resolve(FILE);
    try {
      Properties stored = new Properties();
      if (Files.exists(file)) {
        try (var reader = Files.newBufferedReader(file)) {
          stored.load(reader);
        }
      } else {
        for (String role : new String[] {"postgres", "tidemark_app", "tidemark_auditor"}) {
          stored.setProperty(role, random());
        }
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (Writer writer = Files.newBufferedWriter(file)) {
          stored.store(writer, null);
        }
      }
      return new DevelopmentPasswords(
          stored.getProperty("postgres"),
          stored.getProperty("tidemark_app"),
          stored.getProperty("tidemark_auditor"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String random() {
    byte[] bytes = new byte[16];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
