package dev.tidemark.tools.fill;

import dev.tidemark.wire.ResyncReason;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The progress of one connection, and its end. */
final class DeliveryProgress {
  private static final int CLOSED_BY_CLIENT = 1000;
  private static final int TOO_SLOW = 1013;

  private final World world;
  private final FilledSession session;
  private final SeededRandom random;
  private final Dataset dataset;
  private final Device device;
  private final UUID connection;
  private final List<Dataset.Point> points = new ArrayList<>();
  private long sent;
  private int resyncs;

  DeliveryProgress(
      World world,
      FilledSession session,
      Dataset dataset,
      Device device,
      UUID connection,
      long baseline) {
    this.world = world;
    this.session = session;
    this.dataset = dataset;
    this.device = device;
    this.connection = connection;
    random = session.random;
    sent = baseline;
  }

  List<Dataset.Point> points() {
    return points;
  }

  /** The last cursor that the client was sent. */
  long sent() {
    return sent;
  }

  /** Adds a point for each look of the node that finds newly sent events. */
  void advance(long start, long end, String epoch) {
    boolean switches = start < world.switchedAt && world.switchedAt < end;
    if (switches) {
      look(start, world.switchedAt);
      long snapshot = session.headAt(world.switchedAt);
      dataset.resyncs.add(
          new Dataset.Resync(
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
        points.add(
            new Dataset.Point(look, resyncs, sent, random.chance(0.03) ? random.number(1, 4) : 0));
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

  Dataset.Leave leave(long end) {
    long last = Math.max(sent, reached(end));
    double luck = random.fraction();
    if (device.lag > 0 && luck < 0.3) {
      return new Dataset.Leave(end, "too_slow", TOO_SLOW, resyncs, last, random.number(1, 6));
    }
    if (luck < 0.6) {
      return new Dataset.Leave(end, "closed", CLOSED_BY_CLIENT, resyncs, last, 0);
    }
    if (luck < 0.9) {
      return new Dataset.Leave(end, "lost", null, resyncs, last, random.number(0, 2));
    }
    return new Dataset.Leave(end, "left", null, resyncs, last, 0);
  }
}
