package dev.tidemark.fill;

/** Who was refused on one day before any session was named. */
final class Doorman {
  private final World world;
  private final Dice dice;

  Doorman(World world, Dice dice) {
    this.world = world;
    this.dice = dice;
  }

  void refuse(Facts facts, long from, long to, int about) {
    for (int i = 0; i < about; i++) {
      long at = dice.between(from, to - Times.MINUTE);
      String address = "198.51.100." + dice.number(1, 30);
      switch (dice.number(0, 2)) {
        case 0 ->
            add(
                facts,
                at,
                dice.number(1, 40),
                "handshake",
                "auth_required",
                401,
                null,
                null,
                address,
                "Who are you?");
        case 1 ->
            add(
                facts,
                at,
                dice.number(1, 3),
                "handshake",
                "foreign_origin",
                403,
                null,
                null,
                address,
                "Not from there.");
        default ->
            add(
                facts,
                at,
                dice.number(1, 9),
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

  private void add(
      Facts facts,
      long at,
      int times,
      String operation,
      String code,
      Integer httpStatus,
      Integer closeCode,
      String principal,
      String address,
      String message) {
    facts.refusals.add(
        new Facts.Refusal(
            dice.uuid(),
            at,
            times == 1 ? at : at + dice.between(Times.SECOND, 50 * Times.SECOND),
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
