package dev.tidemark.fill;

import dev.tidemark.session.Resume;
import dev.tidemark.wire.Position;
import dev.tidemark.wire.ResyncReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Who followed one session on one day: its owner's devices, which come and go with their cursors,
 * and now and then somebody who may not. Made when the day's events are there.
 */
final class Readers {
  private static final int CLOSED_BY_CLIENT = 1000;
  private static final int TOO_SLOW = 1013;

  private final World world;
  private final FilledSession session;
  private final Dice dice;
  private final Facts facts;
  private final long from;
  private final long to;

  Readers(World world, FilledSession session, Facts facts, long from, long to) {
    this.world = world;
    this.session = session;
    this.facts = facts;
    this.from = Math.max(from, session.createdAt);
    this.to = to - Times.SECOND; // whoever is there at midnight comes again
    dice = session.dice;
  }

  void come() {
    int before = session.headAt(from - 1);
    int events = session.headAt(to) - before;
    boolean born = session.createdAt == from;
    for (int d = 0; d < session.devices.size(); d++) {
      Device device = session.devices.get(d);
      boolean creates = born && d == 0;
      if (!creates && (events == 0 ? !dice.chance(0.05) : !dice.chance(0.85))) {
        continue;
      }
      long free = from;
      int visits = 1 + dice.length(1.2);
      List<Long> starts = new ArrayList<>();
      if (creates) {
        starts.add(from);
      }
      for (int v = 0; v < visits && events > 0; v++) {
        long near = session.timeOf(before + dice.number(1, events));
        starts.add(Math.max(from, near - dice.between(0, Times.MINUTE)));
      }
      starts.sort(null);
      for (long start : starts) {
        long end = Math.min(to, start + dice.between(Times.MINUTE, 25 * Times.MINUTE));
        if (start >= free && end > start + Times.SECOND) {
          free = visit(device, (session.key + d) % 2 == 0, start, end, creates && start == from);
        }
      }
    }
    if (events > 0 && dice.chance(0.03)) {
      stranger(dice.between(from, to));
    }
  }

  /** One connection; returns from when on the device is free again. */
  private long visit(Device device, boolean secondNode, long start, long end, boolean creates) {
    boolean second = secondNode && !world.isNodeAway(start);
    String node = world.nodeAt(start, second);
    String epoch = world.epochAt(start);
    long head = session.headAt(start);
    long floor = session.floorAt(start);
    boolean resumes = device.cursor >= 0 && dice.chance(0.9);
    Resume.Decision decision =
        Resume.decide(
            resumes ? OptionalLong.of(device.cursor) : OptionalLong.empty(),
            Optional.ofNullable(resumes ? device.epoch : null),
            new Position(epoch, head, floor));
    String outcome = creates ? "created" : "fresh";
    String reason = null;
    Long events = null;
    long baseline = head;
    boolean snapshot = !creates && dice.chance(0.7);
    if (decision instanceof Resume.Replay replay) {
      outcome = "replay";
      events = head - replay.since();
      baseline = replay.since();
      snapshot = false;
    } else if (decision instanceof Resume.Resync resync) {
      outcome = "resync";
      reason = resync.reason().wireName();
      snapshot = true;
    }
    boolean crashes = second && start < world.crashedAt && end > world.crashedAt;
    long last = crashes ? world.nodes.get(1).seen() : end;
    UUID connection = dice.uuid();
    Reading reading = new Reading(device, connection, baseline);
    reading.go(start, last, epoch);
    Facts.Leave leave = crashes ? null : leave(device, end, reading);
    facts.joins.add(
        new Facts.Join(
            session,
            session.id,
            session.owner,
            session.tenant,
            device.address,
            device.userAgent,
            connection,
            node,
            start,
            resumes ? device.cursor : null,
            resumes ? device.epoch : null,
            outcome,
            reason,
            epoch,
            head,
            floor,
            events,
            baseline,
            snapshot,
            reading.points,
            leave));
    device.cursor = leave == null ? reading.sent : leave.sent();
    device.epoch = world.epochAt(last);
    return end;
  }

  /** How far one connection comes. */
  private final class Reading {
    private final Device device;
    private final UUID connection;
    private final List<Facts.Point> points = new ArrayList<>();
    private long sent;
    private int resyncs;

    Reading(Device device, UUID connection, long baseline) {
      this.device = device;
      this.connection = connection;
      sent = baseline;
    }

    /** A point whenever the node looks and something was sent since. */
    private void go(long start, long end, String epoch) {
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
          points.add(
              new Facts.Point(look, resyncs, sent, dice.chance(0.03) ? dice.number(1, 4) : 0));
        }
        if (session.head() <= sent) {
          return;
        }
        long next = session.timeOf(sent + 1) + device.lag; // nothing happens before
        look =
            Math.max(
                look + World.RECORD_EVERY, (next / World.RECORD_EVERY + 1) * World.RECORD_EVERY);
      }
    }

    private int reached(long moment) {
      return session.headAt(moment - device.lag);
    }
  }

  private Facts.Leave leave(Device device, long end, Reading reading) {
    long sent = Math.max(reading.sent, reading.reached(end));
    double luck = dice.part();
    if (device.lag > 0 && luck < 0.3) {
      return new Facts.Leave(end, "too_slow", TOO_SLOW, reading.resyncs, sent, dice.number(1, 6));
    }
    if (luck < 0.6) {
      return new Facts.Leave(end, "closed", CLOSED_BY_CLIENT, reading.resyncs, sent, 0);
    }
    if (luck < 0.9) {
      return new Facts.Leave(end, "lost", null, reading.resyncs, sent, dice.number(0, 2));
    }
    return new Facts.Leave(end, "left", null, reading.resyncs, sent, 0);
  }

  /** Somebody who knows the name of the session, and may not join it. */
  private void stranger(long at) {
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
}
