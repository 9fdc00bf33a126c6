package dev.tidemark.tools.bench;

import dev.tidemark.tools.bench.neighbours.Effect;
import dev.tidemark.tools.bench.neighbours.Neighbourhood;
import dev.tidemark.tools.bench.neighbours.Nuisance;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Measures what a neighbour bears while somebody does too much, a kind after the other. */
final class NeighboursCase implements BenchCase {
  @Override
  public String name() {
    return "neighbours";
  }

  @Override
  public List<Row> rows() {
    return List.of(Row.NEIGHBOURS, Row.NEIGHBOURS_REFUSED, Row.NEIGHBOURS_HEAP);
  }

  @Override
  public List<Result> run(Bench bench) {
    List<Effect> effects = new ArrayList<>();
    try (Neighbourhood neighbourhood = Neighbourhood.large()) {
      Nuisance.selected().forEach(neighbourhood::warmUp);
      for (Nuisance nuisance : Nuisance.selected()) {
        Effect effect = neighbourhood.bear(nuisance);
        bench.say("neighbours: %s", effect);
        if (effect.answers().isEmpty()) {
          throw new IllegalStateException("Nobody answered what " + nuisance + " sent.");
        }
        effect.loaded().refusals().stream()
            .limit(3)
            .forEach(refusal -> bench.say("neighbours: refused: %s", refusal));
        effects.add(effect);
      }
    }
    return results(effects);
  }

  private static List<Result> results(List<Effect> effects) {
    Effect worst = effects.stream().max(Comparator.comparingDouble(Effect::growth)).orElseThrow();
    int refused = effects.stream().mapToInt(effect -> effect.loaded().refusals().size()).sum();
    double heap = effects.stream().mapToDouble(Effect::heapPercent).max().orElseThrow();
    Result growth =
        Result.of(Row.NEIGHBOURS, p99("meanwhile", worst.loadedP99Millis()), Result.IDLE)
            .beside(p99("before", worst.quietP99Millis()));
    for (Effect effect : effects) {
      growth = growth.noting("%s", effect);
    }
    return List.of(
        growth,
        Result.of(Row.NEIGHBOURS_REFUSED, once("refused", refused, "times"), Result.IDLE),
        Result.of(Row.NEIGHBOURS_HEAP, once("heap", heap, "%"), Result.IDLE));
  }

  private static Series p99(String when, double millis) {
    return once("a neighbour's p99 " + when, millis, "ms");
  }

  private static Series once(String what, double figure, String unit) {
    return new Series(what, unit, List.of(figure));
  }
}
