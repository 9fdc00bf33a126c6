package dev.tidemark.tools.fill;

import java.util.List;
import java.util.UUID;

/** Makes refusals: before any session is named, or at a foreign session. */
final class Doorman {
  private final World world;
  private final Dice dice;

  Doorman(World world, Dice dice) {
    this.world = world;
    this.dice = dice;
  }

  /** Makes {@code about} refusals in that time, before any session is named. */
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

  /** Refuses somebody who knows the name of the session but may not join it. */
  void turnAway(FilledSession session, Facts facts, long at) {
    UUID connection = dice.uuid();
    String node = world.nodeAt(at, false);
    String address = "203.0.113." + dice.number(1, 254);
    facts.joins.add(
        new Facts.Join(
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
    facts.refusals.add(
        new Facts.Refusal(
            dice.uuid(),
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
