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
  static final int LEAST_DAYS = 14;
  private static final int EVENTS_A_SESSION = 1_500;
  private static final List<String> TENANTS = List.of("default", "acme", "globex");
  private static final List<String> AGENTS = List.of("echo", "researcher", "coder");

  final World world;
  final List<FilledSession> sessions;
  final List<Hold> holds;
  final Nights nights;
  private final Dice dice;
  private final long wanted;
  private final int days;

  /** The sum of the weights of all sessions, over the days on which they are open. */
  private final double weight;

  /**
   * @param wanted least number of events
   * @param days number of days, the last of which is that of {@code until}
   * @param until end of the month in microseconds since 1970
   */
  Month(long seed, long wanted, int days, long until) {
    if (days < LEAST_DAYS) {
      throw new IllegalArgumentException("A month has " + LEAST_DAYS + " days at least.");
    }
    this.wanted = wanted;
    this.days = days;
    dice = new Dice(seed);
    world = new World(seed, days, until);
    sessions = plan((int) Math.max(30, wanted / EVENTS_A_SESSION));
    holds = holds();
    nights = new Nights(world, sessions, holds);
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
          i < count / 8 ? begin + dice.between(0, 8 * Times.HOUR) : dice.between(begin, last);
      boolean ends = i >= 8 && dice.chance(0.5);
      long silent = created + dice.between(Times.DAY, 12 * Times.DAY);
      boolean closes = dice.chance(0.7);
      String tenant = dice.of(TENANTS);
      String owner = tenant + "-user-" + dice.number(1, Math.max(3, count / 12));
      planned.add(
          new FilledSession(
              i + 1,
              "s-%06d".formatted(i + 1),
              tenant,
              dice.of(AGENTS),
              owner,
              created,
              ends && closes && silent < last ? silent : null,
              ends && silent < last ? silent : Long.MAX_VALUE,
              rank,
              dice.next()));
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
  void live(BiConsumer<LocalDate, Facts> each) {
    for (int d = 0; d < days; d++) {
      LocalDate day = world.firstDay.plusDays(d);
      long from = Times.start(day);
      long to = Math.min(world.until, from + Times.DAY);
      int number = d;
      List<FilledSession> here =
          sessions.stream().filter(s -> s.createdAt < to && s.silentFrom > from).toList();
      here.parallelStream().forEach(s -> s.today = converse(s, number, from, to));
      long events = here.stream().mapToLong(s -> s.today.events.size()).sum();
      nights.count(day, events);
      if (to > from + Nights.HOUR_OF_PURGE) {
        nights.purge(from + Nights.HOUR_OF_PURGE);
      }
      here.parallelStream().forEach(s -> new Readers(world, s, s.today, from, to).come());
      Facts facts = collect(here, from, to);
      new FrontDesk(world, d).act(facts, from, to);
      each.accept(day, facts);
    }
  }

  private Facts converse(FilledSession session, int day, long from, long to) {
    Facts facts = new Facts();
    session.owed += wanted * share(session, day) / weight + (day == days - 1 ? 1 : 0);
    new Conversation(world, session, facts).between(from, to);
    return facts;
  }

  private Facts collect(List<FilledSession> here, long from, long to) {
    Facts facts = new Facts();
    for (FilledSession session : here) {
      facts.add(session.today);
      session.today = null;
    }
    new Doorman(world, dice.next()).refuse(facts, from, to, 6 + here.size() / 50);
    facts.events.sort(
        Comparator.comparingLong(Facts.Event::at)
            .thenComparing(e -> e.session().key)
            .thenComparing(Facts.Event::cursor));
    facts.joins.sort(Comparator.comparingLong(Facts.Join::at));
    facts.turns.sort(Comparator.comparingLong(Facts.Turn::queuedAt));
    return facts;
  }
}
