package dev.tidemark.tools.fill;

/**
 * A hold on a session, or on all of a tenant where {@code session} is {@code null}; not lifted
 * where {@code liftedAt} is {@code null}.
 */
record Hold(
    String tenant,
    FilledSession session,
    String askedBy,
    String reason,
    long placedAt,
    Long liftedAt,
    String liftReason) {

  boolean isOn(FilledSession other, long moment) {
    return placedAt <= moment
        && (liftedAt == null || moment < liftedAt)
        && (session == null ? tenant.equals(other.tenant) : session == other);
  }
}
