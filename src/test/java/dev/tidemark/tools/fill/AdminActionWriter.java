package dev.tidemark.tools.fill;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Writes the actions of administrators on a day, and the revocations among them. */
final class AdminActionWriter {
  private static final long IN_FORCE = Times.DAY;

  private final Connection superuser;
  private long adminId;
  private long revocationId;

  AdminActionWriter(Connection superuser) {
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

  void write(List<Dataset.AdminAction> actions) throws SQLException {
    CopyWriter records =
        new CopyWriter(
            superuser,
            "tidemark.admin_record (admin_id, acted_at, node, principal, tenant, remote_address, operation, target, why)",
            "");
    for (Dataset.AdminAction action : actions) {
      records
          .number(++adminId)
          .time(action.at())
          .text(action.node())
          .text(action.principal())
          .text(action.tenant())
          .text(action.address())
          .text(action.operation())
          .text(action.target())
          .text(action.why())
          .end();
    }
    records.close();
    CopyWriter revocations =
        new CopyWriter(
            superuser,
            "tidemark.revocation (revocation_id, revoked_at, issued_before, in_force_until, tenant, principal, subject,"
                + " provider_session, why, revoked_by, remote_address, node, logout_issuer, logout_id)",
            "");
    for (Dataset.AdminAction action : actions) {
      if (action.revokes()) {
        revocations
            .number(++revocationId)
            .time(action.at())
            .time(action.at())
            .time(action.at() + IN_FORCE)
            .text(action.tenant())
            .text(action.targetIf("principal"))
            .text(action.targetIf("subject"))
            .text(action.targetIf("provider_session"))
            .text(action.why())
            .text(action.principal())
            .text(action.address())
            .text(action.node())
            .text(action.logoutId() == null ? null : AdminActionGenerator.ISSUER)
            .uuid(action.logoutId())
            .end();
      }
    }
    revocations.close();
  }
}
