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

/** All facts of a month, from which the expected results of the database are computed. */
final class Known {
  private static final long SENT_BY = 3 * Times.MILLI;

  final Month month;

  /** The facts of all days, in the order in which they were written. */
  final Facts facts = new Facts();

  final Map<LocalDate, Integer> eventsOfDay = new HashMap<>();
  private Map<UUID, Facts.Resync> resyncs;
  private Map<FilledSession, List<Facts.Event>> eventsOf;

  /** Events that were sent between two looks at a client. */
  record Stretch(
      Facts.Join join,
      long fromCursor,
      long untilCursor,
      long fromTime,
      long untilTime,
      Long outBy) {}

  private record Look(long at, long by, long sent, boolean out) {}

  Known(Month month) {
    this.month = month;
  }

  void add(LocalDate day, Facts more) {
    facts.add(more);
    eventsOfDay.put(day, more.events.size());
  }

  List<Facts.Event> events(FilledSession session) {
    if (eventsOf == null) {
      eventsOf = facts.events.stream().collect(groupingBy(Facts.Event::session));
    }
    return eventsOf.getOrDefault(session, List.of());
  }

  Stream<Facts.Event> events(long from, long to) {
    return facts.events.stream().filter(e -> e.at() >= from && e.at() < to);
  }

  List<Facts.Message> messages(FilledSession session) {
    return facts.messages.stream()
        .filter(m -> m.session() == session)
        .sorted(Comparator.comparingLong(Facts.Message::cursor))
        .toList();
  }

  List<Facts.Join> joins(FilledSession session) {
    return facts.joins.stream()
        .filter(j -> j.sessionId().equals(session.id) && j.tenant().equals(session.tenant))
        .toList();
  }

  Facts.Resync resyncOf(Facts.Join join) {
    if (resyncs == null) {
      resyncs = new HashMap<>();
      facts.resyncs.forEach(r -> resyncs.put(r.connection(), r));
    }
    return resyncs.get(join.connection());
  }

  /** Whether a client is known to have been connected at a moment. */
  boolean isConnected(Facts.Join join, long moment) {
    if (join.session() == null || join.at() > moment) {
      return false;
    }
    return join.leave() != null
        ? join.leave().at() > moment
        : nodeOf(join).seen() >= moment && !join.points().isEmpty();
  }

  World.NodeRun nodeOf(Facts.Join join) {
    return month.world.nodes.stream()
        .filter(node -> node.name().equals(join.node()))
        .findFirst()
        .orElseThrow();
  }

  /** The events that a join was sent, look by look; a resync begins anew from its snapshot. */
  List<Stretch> stretches(Facts.Join join) {
    List<Stretch> stretches = new ArrayList<>();
    if (join.session() == null) {
      return stretches;
    }
    Facts.Resync resync = resyncOf(join);
    List<Look> looks = looks(join, 0);
    if (resync != null) {
      looks.add(new Look(resync.at(), resync.at(), resync.from(), false));
      stretches.addAll(between(join, join.baseline(), join.at(), looks));
      stretches.addAll(between(join, resync.snapshot(), resync.at(), looks(join, 1)));
    } else {
      stretches.addAll(between(join, join.baseline(), join.at(), looks));
    }
    return stretches;
  }

  private static List<Look> looks(Facts.Join join, int resyncs) {
    List<Look> looks = new ArrayList<>();
    for (Facts.Point point : join.points()) {
      if (point.resyncs() == resyncs) {
        looks.add(new Look(point.at(), point.at() + SENT_BY, point.sent(), point.inFlight() == 0));
      }
    }
    Facts.Leave leave = join.leave();
    if (leave != null && leave.resyncs() == resyncs) {
      looks.add(new Look(leave.at(), leave.at(), leave.sent(), leave.inFlight() == 0));
    }
    return looks;
  }

  private static List<Stretch> between(
      Facts.Join join, long baseline, long began, List<Look> looks) {
    List<Stretch> stretches = new ArrayList<>();
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
        stretches.add(new Stretch(join, cursor + 1, look.sent(), time, look.by(), outBy));
      }
      cursor = look.sent();
      time = look.at();
    }
    return stretches;
  }

  /** The percentile of the values, as {@code percentile_disc} computes it. */
  static <T> long percentile(List<T> of, ToLongFunction<T> value, double part) {
    long[] sorted = of.stream().mapToLong(value).sorted().toArray();
    return sorted[Math.max(0, (int) Math.ceil(part * sorted.length) - 1)];
  }
}
