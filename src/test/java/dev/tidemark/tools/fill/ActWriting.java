package dev.tidemark.tools.fill;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Writes the acts of administrators on a day, and the revocations among them. */
final class ActWriting {
  private static final long IN_FORCE = Times.DAY;

  private final Connection superuser;
  private long adminId;
  private long revocationId;

  ActWriting(Connection superuser) {
    this.superuser = superuser;
  }

  /** Sets the sequences to the last numbers that were used. */
  void finish() throws SQLException {
    try (Statement statement = superuser.createStatement()) {
      statement.execute(
          """
          select setval(pg_get_serial_sequence('tidemark.admin_record', 'admin_id'), %d),
                 setval(pg_get_serial_sequence('tidemark.revocation', 'revocation_id'), %d)"""
              .formatted(Math.max(1, adminId), Math.max(1, revocationId)));
    }
  }

  void write(List<Facts.Act> acts) throws SQLException {
    Pouring records =
        new Pouring(
            superuser,
            "tidemark.admin_record (admin_id, acted_at, node, principal, tenant, remote_address, operation, target, why)",
            "");
    for (Facts.Act act : acts) {
      records
          .number(++adminId)
          .time(act.at())
          .text(act.node())
          .text(act.principal())
          .text(act.tenant())
          .text(act.address())
          .text(act.operation())
          .text(act.target())
          .text(act.why())
          .end();
    }
    records.close();
    Pouring revocations =
        new Pouring(
            superuser,
            "tidemark.revocation (revocation_id, revoked_at, issued_before, in_force_until, tenant, principal, subject,"
                + " provider_session, why, revoked_by, remote_address, node, logout_issuer, logout_id)",
            "");
    for (Facts.Act act : acts) {
      if (act.revokes()) {
        revocations
            .number(++revocationId)
            .time(act.at())
            .time(act.at())
            .time(act.at() + IN_FORCE)
            .text(act.tenant())
            .text(act.targetIf("principal"))
            .text(act.targetIf("subject"))
            .text(act.targetIf("provider_session"))
            .text(act.why())
            .text(act.principal())
            .text(act.address())
            .text(act.node())
            .text(act.logoutId() == null ? null : FrontDesk.ISSUER)
            .uuid(act.logoutId())
            .end();
      }
    }
    revocations.close();
  }
}
