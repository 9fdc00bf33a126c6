package dev.tidemark.concurrent;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** All work of the node that must not stand still, by its name. */
@ApplicationScoped
public class WatchedWork {
  /** Frames of the database's driver and of its pool. */
  private static final List<String> OF_THE_DATABASE = List.of("org.postgresql.", "org.jboss.jca.");

  private final Map<String, Watched> all = new ConcurrentHashMap<>();

  /**
   * Work that does not move.
   *
   * @param name name of the work, as in "The writer 0 of the log"
   * @param time how long something has waited there while nothing moved
   * @param threads the threads that are at work there, perhaps none
   */
  public record Standstill(String name, Duration time, Set<Thread> threads) {
    /** Whether it is the database that a thread waits for: no restart of the node would help. */
    public boolean isOfDatabase() {
      return threads.stream()
          .flatMap(thread -> Arrays.stream(thread.getStackTrace()))
          .anyMatch(frame -> OF_THE_DATABASE.stream().anyMatch(frame.getClassName()::startsWith));
    }
  }

  /**
   * Watches work from now on.
   *
   * @param name subject of a sentence, unique
   */
  public void add(String name, Watched watched) {
    all.put(name, watched);
  }

  /** Starts workers where something waits and nobody works. Never waits. */
  public void revive() {
    all.values().forEach(Watched::revive);
  }

  /** The work that has stood still for longer than this, the longest first. */
  public List<Standstill> longerThan(Duration limit) {
    return all.entrySet().stream()
        .map(one -> new Standstill(one.getKey(), still(one.getValue()), one.getValue().threads()))
        .filter(one -> one.time().compareTo(limit) > 0)
        .sorted(Comparator.comparing(Standstill::time).reversed())
        .toList();
  }

  /** How long that work has stood still that has for longest; zero if all moves. */
  public Duration longest() {
    return all.values().stream()
        .map(WatchedWork::still)
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  private static Duration still(Watched watched) {
    return Duration.ofNanos(watched.stillNanos());
  }
}
