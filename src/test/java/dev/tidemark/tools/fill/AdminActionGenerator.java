package dev.tidemark.tools.fill;

import java.util.List;

/**
 * Makes the actions of administrators and of the identity provider on a day: people are
 * disconnected, log out, and now and then a node is drained. Its random values are its own, so that
 * the rest of the month is the same with and without it.
 */
final class AdminActionGenerator {
  static final String ISSUER = "https://login.example.com/realms/acme";
  private static final List<String> REASONS =
      List.of("left the company", "lost phone", "ticket 4711");

  private final World world;
  private final SeededRandom random;

  AdminActionGenerator(World world, int day) {
    this.world = world;
    random = new SeededRandom(day);
  }

  void generate(Dataset dataset, long from, long to) {
    long span = (to - from) / 10;
    for (int i = 0; i < 8; i++) {
      long at = from + i * span + random.between(0, span);
      String who = random.oneOf(List.of("acme", "globex"));
      switch (i % 4) {
        case 0 ->
            add(
                dataset,
                at,
                who,
                "revoke",
                "principal",
                who + "-user-" + random.number(1, 9),
                random.oneOf(REASONS));
        case 1 ->
            add(dataset, at, who, "revoke", "provider_session", random.uuid().toString(), null);
        case 2 ->
            add(
                dataset,
                at,
                null,
                "backchannel_logout",
                "provider_session",
                random.uuid().toString(),
                null);
        default ->
            add(dataset, at, null, "backchannel_logout", "subject", random.uuid().toString(), null);
      }
    }
    long last = from + 9 * span;
    if (random.chance(0.3)) {
      add(dataset, last, "acme", "drain", "node", world.nodeAt(last, false), null);
    }
  }

  /**
   * @param tenant tenant of the administrator; {@code null} for the identity provider
   */
  private void add(
      Dataset dataset,
      long at,
      String tenant,
      String operation,
      String kind,
      String target,
      String why) {
    dataset.adminActions.add(
        new Dataset.AdminAction(
            at,
            world.nodeAt(at, false),
            tenant == null ? null : tenant + "-admin",
            tenant,
            tenant == null ? "192.0.2.10" : "198.51.100.7",
            operation,
            kind,
            target,
            why,
            tenant == null ? random.uuid() : null));
  }
}
