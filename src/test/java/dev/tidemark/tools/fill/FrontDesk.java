package dev.tidemark.tools.fill;

import java.util.List;

/**
 * Makes the acts of administrators and of the identity provider on a day: people are disconnected,
 * log out, and now and then a node is drained. Its dice are its own, so that the rest of the month
 * is the same with and without it.
 */
final class FrontDesk {
  static final String ISSUER = "https://login.example.com/realms/acme";
  private static final List<String> REASONS =
      List.of("left the company", "lost phone", "ticket 4711");

  private final World world;
  private final Dice dice;

  FrontDesk(World world, int day) {
    this.world = world;
    dice = new Dice(day);
  }

  void act(Facts facts, long from, long to) {
    long span = (to - from) / 10;
    for (int i = 0; i < 8; i++) {
      long at = from + i * span + dice.between(0, span);
      String who = dice.of(List.of("acme", "globex"));
      switch (i % 4) {
        case 0 ->
            add(
                facts,
                at,
                who,
                "revoke",
                "principal",
                who + "-user-" + dice.number(1, 9),
                dice.of(REASONS));
        case 1 -> add(facts, at, who, "revoke", "provider_session", dice.uuid().toString(), null);
        case 2 ->
            add(
                facts,
                at,
                null,
                "backchannel_logout",
                "provider_session",
                dice.uuid().toString(),
                null);
        default ->
            add(facts, at, null, "backchannel_logout", "subject", dice.uuid().toString(), null);
      }
    }
    long last = from + 9 * span;
    if (dice.chance(0.3)) {
      add(facts, last, "acme", "drain", "node", world.nodeAt(last, false), null);
    }
  }

  /**
   * @param tenant tenant of the administrator; {@code null} for the identity provider
   */
  private void add(
      Facts facts,
      long at,
      String tenant,
      String operation,
      String kind,
      String target,
      String why) {
    facts.acts.add(
        new Facts.Act(
            at,
            world.nodeAt(at, false),
            tenant == null ? null : tenant + "-admin",
            tenant,
            tenant == null ? "192.0.2.10" : "198.51.100.7",
            operation,
            kind,
            target,
            why,
            tenant == null ? dice.uuid() : null));
  }
}
