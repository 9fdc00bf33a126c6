package dev.tidemark.tools.fill;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** Writes rows into one table by COPY: one value after another, in the order of the columns. */
final class CopyWriter {
  private static final int CHUNK = 1 << 18;
  private static final HexFormat HEX = HexFormat.of();

  private final CopyIn copy;
  private final StringBuilder rows = new StringBuilder(CHUNK + 4096);
  private boolean first = true;

  /**
   * @param target table and columns
   * @param options end of the statement, such as {@code with (freeze)}
   */
  CopyWriter(Connection connection, String target, String options) throws SQLException {
    copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn("copy " + target + " from stdin " + options);
  }

  CopyWriter text(String value) {
    if (value == null) {
      return raw("\\N");
    }
    separate();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> rows.append("\\\\");
        case '\n' -> rows.append("\\n");
        case '\r' -> rows.append("\\r");
        case '\t' -> rows.append("\\t");
        default -> rows.append(c);
      }
    }
    return this;
  }

  CopyWriter number(Number value) {
    return raw(value == null ? "\\N" : value.toString());
  }

  CopyWriter flag(Boolean value) {
    return raw(value == null ? "\\N" : value.toString());
  }

  CopyWriter uuid(UUID value) {
    return raw(value == null ? "\\N" : value.toString());
  }

  /** Adds a time in microseconds since 1970. */
  CopyWriter time(Long micros) {
    return raw(micros == null ? "\\N" : Times.text(micros));
  }

  CopyWriter bytes(byte[] value) {
    separate();
    rows.append("\\\\x").append(HEX.formatHex(value));
    return this;
  }

  void end() throws SQLException {
    rows.append('\n');
    first = true;
    if (rows.length() >= CHUNK) {
      send();
    }
  }

  long close() throws SQLException {
    send();
    return copy.endCopy();
  }

  private void send() throws SQLException {
    byte[] bytes = rows.toString().getBytes(StandardCharsets.UTF_8);
    copy.writeToCopy(bytes, 0, bytes.length);
    rows.setLength(0);
  }

  private CopyWriter raw(String value) {
    separate();
    rows.append(value);
    return this;
  }

  private void separate() {
    if (!first) {
      rows.append('\t');
    }
    first = false;
  }
}
