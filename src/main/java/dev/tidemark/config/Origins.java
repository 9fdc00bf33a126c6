package dev.tidemark.config;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Parses a list of origins, spelled as a browser spells them, so that they compare as text. */
final class Origins {
  private static final Pattern ORIGIN =
      Pattern.compile("https?://([a-z0-9][a-z0-9.-]*|\\[[0-9a-f:]+])(:[0-9]{1,5})?");

  private Origins() {}

  /**
   * @throws IllegalArgumentException if an entry could never match or is more than an origin, such
   *     as {@code *}, {@code null}, or one with a path
   */
  static Set<String> parse(String key, String list) {
    Set<String> origins =
        Stream.of(list.split(",", -1))
            .map(origin -> origin.strip().toLowerCase(Locale.ROOT))
            .filter(origin -> !origin.isEmpty())
            .collect(Collectors.toUnmodifiableSet());
    origins.stream()
        .filter(origin -> !ORIGIN.matcher(origin).matches())
        .findFirst()
        .ifPresent(
            wrong -> {
              throw new IllegalArgumentException(
                  key
                      + " has '"
                      + wrong
                      + "': must be origins such as https://app.example.com, with commas in between");
            });
    return origins;
  }
}
