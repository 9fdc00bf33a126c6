package dev.tidemark.tools.fill;

import static java.util.stream.Collectors.groupingBy;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** All data of a month, from which the expected results of the database are computed. */
final class MonthDataset {
  private static final long SENT_BY = 3 * Times.MILLI;

  final Month month;

  /** The data of all days, in the order in which they were written. */
  final Dataset all = new Dataset();

  final Map<LocalDate, Integer> eventsOfDay = new HashMap<>();
  private Map<UUID, Dataset.Resync> resyncs;
  private Map<FilledSession, List<Dataset.Event>> eventsOf;

  /** The events that a client was sent between two looks at it. */
  record SentRange(
      Dataset.Join join,
      long fromCursor,
      long untilCursor,
      long fromTime,
      long untilTime,
      Long outBy) {}

  private record Look(long at, long by, long sent, boolean out) {}

  MonthDataset(Month month) {
    this.month = month;
  }

  void add(LocalDate day, Dataset more) {
    all.add(more);
    eventsOfDay.put(day, more.events.size());
  }

  List<Dataset.Event> events(FilledSession session) {
    if (eventsOf == null) {
      eventsOf = all.events.stream().collect(groupingBy(Dataset.Event::session));
    }
    return eventsOf.getOrDefault(session, List.of());
  }

  Stream<Dataset.Event> events(long from, long to) {
    return all.events.stream().filter(e -> e.at() >= from && e.at() < to);
  }

  List<Dataset.Message> messages(FilledSession session) {
    return all.messages.stream()
        .filter(m -> m.session() == session)
        .sorted(Comparator.comparingLong(Dataset.Message::cursor))
        .toList();
  }

  List<Dataset.Join> joins(FilledSession session) {
    return all.joins.stream()
        .filter(j -> j.sessionId().equals(session.id) && j.tenant().equals(session.tenant))
        .toList();
  }

  Dataset.Resync resyncOf(Dataset.Join join) {
    if (resyncs == null) {
      resyncs = new HashMap<>();
      all.resyncs.forEach(r -> resyncs.put(r.connection(), r));
    }
    return resyncs.get(join.connection());
  }

  /** Whether a client is known to have been connected at a moment. */
  boolean isConnected(Dataset.Join join, long moment) {
    if (join.session() == null || join.at() > moment) {
      return false;
    }
    return join.leave() != null
        ? join.leave().at() > moment
        : nodeOf(join).seen() >= moment && !join.points().isEmpty();
  }

  World.NodeRun nodeOf(Dataset.Join join) {
    return month.world.nodes.stream()
        .filter(node -> node.name().equals(join.node()))
        .findFirst()
        .orElseThrow();
  }

  /** The events that a join was sent, look by look; a resync begins anew from its snapshot. */
  List<SentRange> sentRanges(Dataset.Join join) {
    List<SentRange> ranges = new ArrayList<>();
    if (join.session() == null) {
      return ranges;
    }
    Dataset.Resync resync = resyncOf(join);
    List<Look> looks = looks(join, 0);
    if (resync != null) {
      looks.add(new Look(resync.at(), resync.at(), resync.from(), false));
      ranges.addAll(between(join, join.baseline(), join.at(), looks));
      ranges.addAll(between(join, resync.snapshot(), resync.at(), looks(join, 1)));
    } else {
      ranges.addAll(between(join, join.baseline(), join.at(), looks));
    }
    return ranges;
  }

  private static List<Look> looks(Dataset.Join join, int resyncs) {
    List<Look> looks = new ArrayList<>();
    for (Dataset.Point point : join.points()) {
      if (point.resyncs() == resyncs) {
        looks.add(new Look(point.at(), point.at() + SENT_BY, point.sent(), point.inFlight() == 0));
      }
    }
    Dataset.Leave leave = join.leave();
    if (leave != null && leave.resyncs() == resyncs) {
      looks.add(new Look(leave.at(), leave.at(), leave.sent(), leave.inFlight() == 0));
    }
    return looks;
  }

  private static List<SentRange> between(
      Dataset.Join join, long baseline, long began, List<Look> looks) {
    List<SentRange> ranges = new ArrayList<>();
    long cursor = baseline;
    long time = began;
    for (int i = 0; i < looks.size(); i++) {
      Look look = looks.get(i);
      if (look.sent() > cursor) {
        Long outBy =
            looks.subList(i, looks.size()).stream()
                .filter(Look::out)
                .map(Look::by)
                .min(Long::compare)
                .orElse(null);
        ranges.add(new SentRange(join, cursor + 1, look.sent(), time, look.by(), outBy));
      }
      cursor = look.sent();
      time = look.at();
    }
    return ranges;
  }

  /** The percentile of the values, as {@code percentile_disc} computes it. */
  static <T> long percentile(List<T> of, ToLongFunction<T> value, double part) {
    long[] sorted = of.stream().mapToLong(value).sorted().toArray();
    return sorted[Math.max(0, (int) Math.ceil(part * sorted.length) - 1)];
  }
}
