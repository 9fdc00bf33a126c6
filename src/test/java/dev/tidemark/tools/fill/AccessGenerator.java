package dev.tidemark.tools.fill;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.UUID;

/** Makes the sign-ins and the reads by REST that go with the joins of a day, always the same. */
final class AccessGenerator {
  private static final long PAGE_LOADS = Times.SECOND;

  private AccessGenerator() {}

  static void generate(Dataset dataset) {
    for (Dataset.Join join : dataset.joins) {
      if (join.session() == null) {
        continue;
      }
      boolean browser = join.userAgent().startsWith("Mozilla");
      signIn(dataset, join, browser ? "cookie" : "bearer", "handshake", 0);
      if (browser) {
        signIn(dataset, join, join.outcome().equals("created") ? "oidc" : "cookie", "request", 1);
        read(dataset, join, "/sessions", null);
      }
      if (join.outcome().equals("created")) {
        read(dataset, join, "/sessions/{session_id}/members", join.sessionId());
      }
    }
  }

  private static void signIn(
      Dataset dataset, Dataset.Join join, String how, String operation, int before) {
    dataset.signIns.add(
        new Dataset.SignIn(
            id(join, operation),
            join.at() - before * PAGE_LOADS,
            how,
            operation,
            join.principal(),
            join.tenant(),
            join.address(),
            join.userAgent(),
            join.node()));
  }

  private static void read(Dataset dataset, Dataset.Join join, String path, String sessionId) {
    dataset.restReadings.add(
        new Dataset.RestReading(
            id(join, path),
            join.at() - PAGE_LOADS,
            path,
            sessionId,
            join.principal(),
            join.tenant(),
            join.address(),
            join.userAgent(),
            join.node()));
  }

  private static UUID id(Dataset.Join join, String what) {
    return UUID.nameUUIDFromBytes((join.connection() + what).getBytes(UTF_8));
  }
}
