package dev.tidemark.tools.fill;

import dev.tidemark.session.Resume;
import dev.tidemark.wire.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * The clients of one session on one day: its owner's devices, which come and go with their cursors,
 * and now and then a stranger. Made once the day's events are there.
 */
final class JoinGenerator {
  private final World world;
  private final FilledSession session;
  private final SeededRandom random;
  private final Dataset dataset;
  private final long from;
  private final long to;

  JoinGenerator(World world, FilledSession session, Dataset dataset, long from, long to) {
    this.world = world;
    this.session = session;
    this.dataset = dataset;
    this.from = Math.max(from, session.createdAt);
    this.to = to - Times.SECOND; // clients connected at midnight come again
    random = session.random;
  }

  void generate() {
    int before = session.headAt(from - 1);
    int events = session.headAt(to) - before;
    boolean born = session.createdAt == from;
    for (int d = 0; d < session.devices.size(); d++) {
      Device device = session.devices.get(d);
      boolean creates = born && d == 0;
      if (!creates && (events == 0 ? !random.chance(0.05) : !random.chance(0.85))) {
        continue;
      }
      long free = from;
      int visits = 1 + random.length(1.2);
      List<Long> starts = new ArrayList<>();
      if (creates) {
        starts.add(from);
      }
      for (int v = 0; v < visits && events > 0; v++) {
        long near = session.timeOf(before + random.number(1, events));
        starts.add(Math.max(from, near - random.between(0, Times.MINUTE)));
      }
      starts.sort(null);
      for (long start : starts) {
        long end = Math.min(to, start + random.between(Times.MINUTE, 25 * Times.MINUTE));
        if (start >= free && end > start + Times.SECOND) {
          free = visit(device, (session.key + d) % 2 == 0, start, end, creates && start == from);
        }
      }
    }
    if (events > 0 && random.chance(0.03)) {
      new RefusalGenerator(world, random)
          .generateForeignJoin(session, dataset, random.between(from, to));
    }
  }

  /** Makes one connection; returns the time from which the device is free again. */
  private long visit(Device device, boolean secondNode, long start, long end, boolean creates) {
    boolean second = secondNode && !world.isNodeAway(start);
    String node = world.nodeAt(start, second);
    String epoch = world.epochAt(start);
    long head = session.headAt(start);
    long floor = session.floorAt(start);
    boolean resumes = device.cursor >= 0 && random.chance(0.9);
    Resume.Decision decision =
        Resume.decide(
            resumes ? OptionalLong.of(device.cursor) : OptionalLong.empty(),
            Optional.ofNullable(resumes ? device.epoch : null),
            new Position(epoch, head, floor));
    String outcome = creates ? "created" : "fresh";
    String reason = null;
    Long events = null;
    long baseline = head;
    boolean snapshot = !creates && random.chance(0.7);
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
    UUID connection = random.uuid();
    DeliveryProgress progress =
        new DeliveryProgress(world, session, dataset, device, connection, baseline);
    progress.advance(start, last, epoch);
    Dataset.Leave leave = crashes ? null : progress.leave(end);
    dataset.joins.add(
        new Dataset.Join(
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
            progress.points(),
            leave));
    device.cursor = leave == null ? progress.sent() : leave.sent();
    device.epoch = world.epochAt(last);
    return end;
  }
}
