package dev.tidemark.tools.fill;

import java.util.List;
import java.util.UUID;

/** Makes refusals: before any session is named, or at a foreign session. */
final class RefusalGenerator {
  private final World world;
  private final SeededRandom random;

  RefusalGenerator(World world, SeededRandom random) {
    this.world = world;
    this.random = random;
  }

  /** Makes {@code count} refusals in that time, before any session is named. */
  void generate(Dataset dataset, long from, long to, int count) {
    for (int i = 0; i < count; i++) {
      long at = random.between(from, to - Times.MINUTE);
      String address = "198.51.100." + random.number(1, 30);
      switch (random.number(0, 2)) {
        case 0 ->
            add(
                dataset,
                at,
                random.number(1, 40),
                "handshake",
                "auth_required",
                401,
                null,
                null,
                address,
                "Who are you?");
        case 1 ->
            add(
                dataset,
                at,
                random.number(1, 3),
                "handshake",
                "foreign_origin",
                403,
                null,
                null,
                address,
                "Not from there.");
        default ->
            add(
                dataset,
                at,
                random.number(1, 9),
                "join",
                "too_many_joins",
                null,
                4029,
                "globex-user-1",
                address,
                "Too many joins.");
      }
    }
  }

  /** Refuses somebody who knows the name of the session but may not join it. */
  void generateForeignJoin(FilledSession session, Dataset dataset, long at) {
    UUID connection = random.uuid();
    String node = world.nodeAt(at, false);
    String address = "203.0.113." + random.number(1, 254);
    dataset.joins.add(
        new Dataset.Join(
            null,
            session.id,
            "mallory",
            session.tenant,
            address,
            "curl/8.5.0",
            connection,
            node,
            at,
            0L,
            null,
            "refused",
            "no_such_session",
            null,
            null,
            null,
            null,
            null,
            null,
            List.of(),
            null));
    dataset.refusals.add(
        new Dataset.Refusal(
            random.uuid(),
            at,
            at,
            1,
            node,
            "join",
            "no_such_session",
            null,
            null,
            "mallory",
            session.tenant,
            address,
            connection,
            session.id,
            "No such session."));
  }

  private void add(
      Dataset dataset,
      long at,
      int times,
      String operation,
      String code,
      Integer httpStatus,
      Integer closeCode,
      String principal,
      String address,
      String message) {
    dataset.refusals.add(
        new Dataset.Refusal(
            random.uuid(),
            at,
            times == 1 ? at : at + random.between(Times.SECOND, 50 * Times.SECOND),
            times,
            world.nodeAt(at, false),
            operation,
            code,
            httpStatus,
            closeCode,
            principal,
            principal == null ? null : "globex",
            address,
            null,
            null,
            message));
  }
}
