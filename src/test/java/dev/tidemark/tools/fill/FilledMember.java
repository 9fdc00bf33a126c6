package dev.tidemark.tools.fill;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A period in which somebody could read or write a session of another; not over where {@code
 * removedAt} is {@code null}.
 */
record FilledMember(
    FilledSession session, String principal, boolean mayWrite, long addedAt, Long removedAt) {

  /**
   * The members of a month: the owners of the busiest sessions share them with a colleague, who may
   * write at first and only read later.
   */
  static List<FilledMember> of(List<FilledSession> sessions) {
    List<FilledMember> members = new ArrayList<>();
    sessions.stream()
        .sorted(Comparator.comparingInt((FilledSession s) -> -s.head()))
        .limit(sessions.size() / 10)
        .forEach(
            session -> {
              long added = session.createdAt + Times.HOUR;
              long changed = added + (session.lastAt() - session.createdAt) / 2;
              String colleague = session.tenant + "-colleague-" + session.key % 7;
              members.add(new FilledMember(session, colleague, true, added, changed));
              members.add(new FilledMember(session, colleague, false, changed, null));
            });
    return members;
  }
}
