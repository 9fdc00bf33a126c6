package dev.tidemark.tools.fill;

import dev.tidemark.wire.ResyncReason;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The progress of one connection, and its end. */
final class Reading {
  private static final int CLOSED_BY_CLIENT = 1000;
  private static final int TOO_SLOW = 1013;

  private final World world;
  private final FilledSession session;
  private final Dice dice;
  private final Facts facts;
  private final Device device;
  private final UUID connection;
  private final List<Facts.Point> points = new ArrayList<>();
  private long sent;
  private int resyncs;

  Reading(
      World world,
      FilledSession session,
      Facts facts,
      Device device,
      UUID connection,
      long baseline) {
    this.world = world;
    this.session = session;
    this.facts = facts;
    this.device = device;
    this.connection = connection;
    dice = session.dice;
    sent = baseline;
  }

  List<Facts.Point> points() {
    return points;
  }

  /** The last cursor that the client was sent. */
  long sent() {
    return sent;
  }

  /** Adds a point for each look of the node that finds newly sent events. */
  void go(long start, long end, String epoch) {
    boolean switches = start < world.switchedAt && world.switchedAt < end;
    if (switches) {
      look(start, world.switchedAt);
      long snapshot = session.headAt(world.switchedAt);
      facts.resyncs.add(
          new Facts.Resync(
              connection,
              ++resyncs,
              world.switchedAt,
              ResyncReason.EPOCH_CHANGED.wireName(),
              sent,
              epoch,
              snapshot,
              world.secondEpoch));
      sent = snapshot;
    }
    look(switches ? world.switchedAt : start, end);
  }

  private void look(long start, long end) {
    long look = (start / World.RECORD_EVERY + 1) * World.RECORD_EVERY;
    while (look < end) {
      int out = reached(look);
      if (out > sent) {
        sent = out;
        points.add(new Facts.Point(look, resyncs, sent, dice.chance(0.03) ? dice.number(1, 4) : 0));
      }
      if (session.head() <= sent) {
        return;
      }
      long next = session.timeOf(sent + 1) + device.lag; // nothing happens before
      look =
          Math.max(look + World.RECORD_EVERY, (next / World.RECORD_EVERY + 1) * World.RECORD_EVERY);
    }
  }

  private int reached(long moment) {
    return session.headAt(moment - device.lag);
  }

  Facts.Leave leave(long end) {
    long last = Math.max(sent, reached(end));
    double luck = dice.part();
    if (device.lag > 0 && luck < 0.3) {
      return new Facts.Leave(end, "too_slow", TOO_SLOW, resyncs, last, dice.number(1, 6));
    }
    if (luck < 0.6) {
      return new Facts.Leave(end, "closed", CLOSED_BY_CLIENT, resyncs, last, 0);
    }
    if (luck < 0.9) {
      return new Facts.Leave(end, "lost", null, resyncs, last, dice.number(0, 2));
    }
    return new Facts.Leave(end, "left", null, resyncs, last, 0);
  }
}
