package dev.tidemark.tools.fill;

import java.sql.Connection;
import java.sql.SQLException;

/** Writes the sign-ins and the reads by REST of a day. */
final class AccessWriter {
  private final Connection superuser;

  AccessWriter(Connection superuser) {
    this.superuser = superuser;
  }

  void write(Dataset dataset) throws SQLException {
    CopyWriter signIns =
        new CopyWriter(
            superuser,
            "tidemark.sign_in_record (sign_in_id, first_at, last_at, times, node, principal, tenant, how, operation,"
                + " remote_address, user_agent)",
            "");
    for (Dataset.SignIn s : dataset.signIns) {
      signIns
          .uuid(s.id())
          .time(s.at())
          .time(s.at())
          .number(1)
          .text(s.node())
          .text(s.principal())
          .text(s.tenant())
          .text(s.how())
          .text(s.operation())
          .text(s.address())
          .text(s.userAgent())
          .end();
    }
    signIns.close();
    CopyWriter readings =
        new CopyWriter(
            superuser,
            "tidemark.rest_reading_record (reading_id, first_at, last_at, times, node, principal, tenant, path, session_id,"
                + " remote_address, user_agent)",
            "");
    for (Dataset.RestReading r : dataset.restReadings) {
      readings
          .uuid(r.id())
          .time(r.at())
          .time(r.at())
          .number(1)
          .text(r.node())
          .text(r.principal())
          .text(r.tenant())
          .text(r.path())
          .text(r.sessionId())
          .text(r.address())
          .text(r.userAgent())
          .end();
    }
    readings.close();
  }
}
