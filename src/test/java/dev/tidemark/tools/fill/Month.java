package dev.tidemark.tools.fill;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/**
 * A month of use, made day by day: the same for the same seed, but for the moment at which it ends.
 * Its data are as consistent as those of real use: dense cursors in the order of time, chained by
 * the application's own {@code Chain}, states that are the fold of their events, floors where the
 * policies and holds put them.
 */
final class Month {
  static final int MIN_DAYS = 14;
  private static final int EVENTS_A_SESSION = 1_500;
  private static final List<String> TENANTS = List.of("default", "acme", "globex");
  private static final List<String> AGENTS = List.of("echo", "researcher", "coder");

  final World world;
  final List<FilledSession> sessions;
  final List<Hold> holds;
  final NightlyPurge nightlyPurge;
  private final SeededRandom random;
  private final long wanted;
  private final int days;

  /** The sum of the weights of all sessions, over the days on which they are open. */
  private final double weight;

  /**
   * @param wanted minimum number of events
   * @param days number of days, the last of which is that of {@code until}
   * @param until end of the month in microseconds since 1970
   */
  Month(long seed, long wanted, int days, long until) {
    if (days < MIN_DAYS) {
      throw new IllegalArgumentException("A month has " + MIN_DAYS + " days at least.");
    }
    this.wanted = wanted;
    this.days = days;
    random = new SeededRandom(seed);
    world = new World(seed, days, until);
    sessions = plan((int) Math.max(30, wanted / EVENTS_A_SESSION));
    holds = holds();
    nightlyPurge = new NightlyPurge(world, sessions, holds);
    weight =
        IntStream.range(0, days)
            .mapToDouble(d -> sessions.stream().mapToDouble(s -> share(s, d)).sum())
            .sum();
  }

  private List<FilledSession> plan(int count) {
    long begin = Times.start(world.firstDay);
    List<FilledSession> planned = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      // The busiest sessions have the first ranks, and exist from the first day on.
      double rank = Math.pow(i + 10, -0.7);
      long last = world.until - 2 * Times.DAY;
      long created =
          i < count / 8 ? begin + random.between(0, 8 * Times.HOUR) : random.between(begin, last);
      boolean ends = i >= 8 && random.chance(0.5);
      long silent = created + random.between(Times.DAY, 12 * Times.DAY);
      boolean closes = random.chance(0.7);
      String tenant = random.oneOf(TENANTS);
      String owner = tenant + "-user-" + random.number(1, Math.max(3, count / 12));
      planned.add(
          new FilledSession(
              i + 1,
              "s-%06d".formatted(i + 1),
              tenant,
              random.oneOf(AGENTS),
              owner,
              created,
              ends && closes && silent < last ? silent : null,
              ends && silent < last ? silent : Long.MAX_VALUE,
              rank,
              random.split()));
    }
    return planned;
  }

  private List<Hold> holds() {
    FilledSession held =
        sessions.stream()
            .filter(
                s ->
                    s.createdAt > world.until - 12 * Times.DAY
                        && s.createdAt < world.until - 8 * Times.DAY)
            .findFirst()
            .orElse(sessions.get(0));
    FilledSession freed = sessions.get(1);
    return List.of(
        new Hold(
            freed.tenant,
            freed,
            "j.doe@legal.example",
            "case 2026-031",
            freed.createdAt + 3 * Times.DAY,
            freed.createdAt + 5 * Times.DAY,
            "case was settled"),
        new Hold(
            held.tenant,
            held,
            "j.doe@legal.example",
            "case 2026-044",
            held.createdAt + 2 * Times.DAY,
            null,
            null));
  }

  private double share(FilledSession session, int day) {
    long start = Times.start(world.firstDay.plusDays(day));
    long end = Math.min(world.until, start + Times.DAY);
    long open = Math.max(start, session.createdAt);
    long silent = Math.min(end, session.silentFrom);
    return silent - open < Times.HOUR ? 0 : session.weight * (silent - open) / Times.DAY;
  }

  /** Makes the days one after another and hands each on. */
  void generate(BiConsumer<LocalDate, Dataset> each) {
    for (int d = 0; d < days; d++) {
      LocalDate day = world.firstDay.plusDays(d);
      long from = Times.start(day);
      long to = Math.min(world.until, from + Times.DAY);
      int number = d;
      List<FilledSession> here =
          sessions.stream().filter(s -> s.createdAt < to && s.silentFrom > from).toList();
      here.parallelStream().forEach(s -> s.today = converse(s, number, from, to));
      long events = here.stream().mapToLong(s -> s.today.events.size()).sum();
      nightlyPurge.count(day, events);
      if (to > from + NightlyPurge.HOUR_OF_PURGE) {
        nightlyPurge.purge(from + NightlyPurge.HOUR_OF_PURGE);
      }
      here.parallelStream().forEach(s -> new JoinGenerator(world, s, s.today, from, to).generate());
      Dataset dataset = collect(here, from, to);
      new AdminActionGenerator(world, d).generate(dataset, from, to);
      each.accept(day, dataset);
    }
  }

  private Dataset converse(FilledSession session, int day, long from, long to) {
    Dataset dataset = new Dataset();
    session.owed += wanted * share(session, day) / weight + (day == days - 1 ? 1 : 0);
    new Conversation(world, session, dataset).between(from, to);
    return dataset;
  }

  private Dataset collect(List<FilledSession> here, long from, long to) {
    Dataset dataset = new Dataset();
    for (FilledSession session : here) {
      dataset.add(session.today);
      session.today = null;
    }
    AccessGenerator.generate(dataset);
    new RefusalGenerator(world, random.split()).generate(dataset, from, to, 6 + here.size() / 50);
    dataset.events.sort(
        Comparator.comparingLong(Dataset.Event::at)
            .thenComparing(e -> e.session().key)
            .thenComparing(Dataset.Event::cursor));
    dataset.joins.sort(Comparator.comparingLong(Dataset.Join::at));
    dataset.turns.sort(Comparator.comparingLong(Dataset.Turn::queuedAt));
    return dataset;
  }
}
