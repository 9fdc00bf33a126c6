package dev.tidemark.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds names that look like a setting and are none: the default would be in force, and nobody
 * would know. Any key {@code tidemark.…} counts. Of the environment's variables {@code TIDEMARK_…}
 * only those count whose words begin as those of a setting do, or that are nearly a setting's name:
 * others may be somebody else's, such as the {@code TIDEMARK_PORT} that Kubernetes makes for a
 * service.
 */
final class SettingNames {
  private static final String KEYS = "tidemark.";
  private static final String VARIABLES = "TIDEMARK_";

  /** The greatest number of slips in a variable whose second word is no setting's. */
  private static final int MAX_SLIPS = 3;

  private static final Set<String> KEYS_OF_THE_SERVER = Set.of("tidemark.security-domain");
  private static final Set<String> VARIABLES_OF_THE_SERVER =
      Set.of(
          "TIDEMARK_DB_URL",
          "TIDEMARK_DB_USER",
          "TIDEMARK_DB_PASSWORD",
          "TIDEMARK_OIDC_CLIENT_SECRET");

  /** What Kubernetes makes for each service of the namespace, whatever the service is called. */
  private static final Pattern OF_KUBERNETES =
      Pattern.compile(
          "[A-Z0-9_]+_(SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)|PORT(_\\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)?)");

  private static final Pattern SECOND_WORD = Pattern.compile("TIDEMARK_[A-Z]+_");

  private final Set<String> keys = new TreeSet<>(KEYS_OF_THE_SERVER);
  private final Set<String> variables = new TreeSet<>(VARIABLES_OF_THE_SERVER);

  SettingNames(List<Setting<?>> settings) {
    settings.forEach(
        setting -> {
          keys.add(setting.key());
          variables.add(variable(setting.key()));
        });
  }

  /** The variable that stands for a key. */
  static String variable(String key) {
    return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
  }

  /**
   * Returns a message for each name that no setting has, with the nearest that one has.
   *
   * @param namedKeys names of properties, of any kind
   * @param namedVariables names of the environment's variables, of any kind
   */
  List<String> unknown(Set<String> namedKeys, Set<String> namedVariables) {
    List<String> unknown = new ArrayList<>();
    sorted(namedKeys, KEYS)
        .filter(name -> !keys.contains(name))
        .forEach(name -> unknown.add(message(name, nearest(name, keys))));
    sorted(namedVariables, VARIABLES)
        .filter(name -> !variables.contains(name) && isMeantAsSetting(name))
        .forEach(name -> unknown.add(message(name, nearest(name, variables))));
    return unknown;
  }

  private static Stream<String> sorted(Set<String> names, String prefix) {
    return names.stream().filter(name -> name.startsWith(prefix)).sorted();
  }

  private boolean isMeantAsSetting(String name) {
    if (OF_KUBERNETES.matcher(name).matches()) {
      return false;
    }
    Set<String> begins =
        variables.stream().map(SettingNames::secondWord).collect(Collectors.toSet());
    return begins.contains(secondWord(name)) || slips(name, nearest(name, variables)) <= MAX_SLIPS;
  }

  private static String secondWord(String variable) {
    var found = SECOND_WORD.matcher(variable);
    return found.lookingAt() ? found.group() : "";
  }

  private static String message(String name, String nearest) {
    return "%s is no setting: did you mean %s?".formatted(name, nearest);
  }

  /** A name with a word too few is nearer to the one that has all its words than to any other. */
  private static String nearest(String name, Set<String> known) {
    return known.stream()
        .min(
            Comparator.comparing((String one) -> !words(one).containsAll(words(name)))
                .thenComparingInt(one -> slips(name, one)))
        .orElseThrow();
  }

  private static List<String> words(String name) {
    return List.of(name.split("[._-]", -1));
  }

  /** The Levenshtein distance: the characters to insert, remove or replace. */
  private static int slips(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }
}
