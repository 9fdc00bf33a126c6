package dev.tidemark.config;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The operator's settings: values that are accepted and values that are refused. */
final class SettingsTest {
  private static final Path PAGE =
      Path.of(System.getProperty("basedir", ""), "docs", "configuration.md");

  static Stream<NumberSetting<?>> numbers() {
    return Settings.all().stream()
        .filter(NumberSetting.class::isInstance)
        .map(setting -> (NumberSetting<?>) setting);
  }

  static Stream<TextSetting<?>> texts() {
    return Settings.all().stream()
        .filter(TextSetting.class::isInstance)
        .map(setting -> (TextSetting<?>) setting);
  }

  @ParameterizedTest
  @MethodSource("numbers")
  void aValueWithinItsLimitsIsTakenAndOneBeyondIsRefused(NumberSetting<?> setting) {
    assertEquals(setting.type().apply(setting.min()), setting.parse("" + setting.min()));
    assertEquals(setting.type().apply(setting.max()), setting.parse("" + setting.max()));
    assertRefused(setting, "" + (setting.min() - 1));
    assertRefused(setting, "" + (setting.max() + 1));
  }

  @ParameterizedTest
  @MethodSource("numbers")
  void theDefaultIsWithinTheLimitsAndStandsForNoValue(NumberSetting<?> setting) {
    assertTrue(setting.min() <= setting.defaultNumber());
    assertTrue(setting.defaultNumber() <= setting.max());
    assertEquals(setting.type().apply(setting.defaultNumber()), setting.parse(""));
  }

  @Test
  void aValueHasTheTypeOfItsSetting() {
    Settings settings = set(Map.of("tidemark.delivery.stall-millis", "1500"));
    assertEquals(Duration.ofMillis(1_500), settings.get(DeliverySettings.STALL));
    assertEquals(7, settings.get(RetentionSettings.PARTITION_DAYS));
    assertEquals(1_024, settings.get(DeliverySettings.PAGE_EVENTS));
    assertEquals("echo", settings.get(TurnSettings.DEFAULT_AGENT));
    assertEquals(Set.of(), settings.get(AccessSettings.ORIGINS));
  }

  @ParameterizedTest
  @ValueSource(strings = {"many", "1.5", "1e3", "0x10", "10s", "1 000", "9223372036854775808"})
  void whatIsNotAWholeNumberIsRefused(String text) {
    assertRefused(WireSettings.MAX_PAYLOAD_BYTES, text);
  }

  @Test
  void allWrongValuesAreNamedAtOnce() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                set(
                    Map.of(
                        WireSettings.HEARTBEAT.key(), "often",
                        DeliverySettings.STALL.key(), " 99 ",
                        DeliverySettings.PAGE_EVENTS.key(), " 17 ",
                        AccessSettings.SECURE_COOKIES.key(), "no",
                        AccessSettings.ORIGINS.key(), "https://app.example.com/path",
                        OidcSettings.JWKS_URI.key(), "http://idp.example.com/keys",
                        OidcSettings.ISSUER.key(), "https://idp.example.com",
                        RetentionSettings.HISTORY_END.key(), "Drop")));
    assertEquals(
        "tidemark.wire.heartbeat-millis is 'often': must be a whole number of millis from 100 to 600000; "
            + "tidemark.delivery.stall-millis is '99': must be a whole number of millis from 100 to 3600000; "
            + "tidemark.access.origins has 'https://app.example.com/path': must be origins such as https://app.example.com, with commas in between; "
            + "tidemark.access.secure-cookies is 'no': must be true or false; "
            + "tidemark.oidc.jwks-uri is 'http://idp.example.com/keys': must be an address with https, or with http on this machine; "
            + "tidemark.retention.history-end is 'Drop': must be keep, archive or drop; "
            + "tidemark.oidc.client-id has to be set where tidemark.oidc.issuer is",
        refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
  void aServerThatListensElsewhereIsRefusedWhereOwnersMayRaiseFloors(String bound) {
    Settings owners = set(Map.of(RetentionSettings.OWNER_RAISES_FLOOR.key(), "true"));
    assertEquals(
        List.of(
            "tidemark.retention.owner-raises-floor is for development on one machine, but this server listens on "
                + bound),
        RetentionSettings.conflicts(owners, bound));
    assertEquals(List.of(), RetentionSettings.conflicts(owners, "127.0.0.1"));
    assertEquals(List.of(), RetentionSettings.conflicts(set(Map.of()), bound));
  }

  @Test
  void onlySettingsThatDifferFromTheirDefaultsAreTold() {
    Settings settings =
        set(
            Map.of(
                DeliverySettings.STALL.key(), " 1500 ",
                WireSettings.HEARTBEAT.key(), "30000",
                TurnSettings.DEFAULT_AGENT.key(), "other"));
    assertEquals(
        List.of("tidemark.delivery.stall-millis=1500", "tidemark.turn.default-agent=other"),
        settings.changed().entrySet().stream().map(Map.Entry::toString).toList());
  }

  @Test
  void aWrongCountIsNamedWithoutAUnit() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> set(Map.of(AccessSettings.MEMBERS_PER_SESSION.key(), "101.5")));
    assertEquals(
        "tidemark.access.members-per-session is '101.5': must be a whole number from 1 to 10000",
        refused.getMessage());
  }

  @Test
  void keysAreUnique() {
    List<String> keys = new ArrayList<>();
    Settings.all().forEach(setting -> keys.add(setting.key()));
    assertEquals(keys.size(), new TreeSet<>(keys).size());
  }

  @Test
  void thePageHasExactlyTheseSettings() throws IOException {
    List<String> expected =
        numbers()
            .map(
                setting ->
                    "| `%s` | %s | %d | %d | %d | %s |"
                        .formatted(
                            setting.key(),
                            setting.unit(),
                            setting.defaultNumber(),
                            setting.min(),
                            setting.max(),
                            setting.meaning()))
            .toList();
    assertEquals(String.join("\n", expected), rows("\\| `.*\\| \\d+ \\|.*"));
  }

  @Test
  void thePageHasExactlyTheseTexts() throws IOException {
    Stream<String> expected =
        texts()
            .map(
                setting ->
                    "| `%s` | %s | %s |"
                        .formatted(setting.key(), setting.defaultText(), setting.meaning()));
    String domain =
        "| `tidemark.security-domain` | `other` | The application security domain that knows the"
            + " accounts. A system property only: the server reads it, and not the application. |";
    assertEquals(
        Stream.concat(expected, Stream.of(domain)).collect(joining("\n")),
        rows("\\| `tidemark\\.[^|]*\\|(?! (bytes|count|days|millis) ).*"));
  }

  @Test
  void aDayAtTheEndOfItsHistoryIsKeptUnlessTheOperatorChose() {
    assertEquals(HistoryEnd.KEEP, RetentionSettings.HISTORY_END.parse(""));
    assertEquals(HistoryEnd.DROP, RetentionSettings.HISTORY_END.parse(" drop "));
    assertEquals(
        "tidemark.retention.history-end is 'Drop': must be keep, archive or drop",
        assertThrows(
                IllegalArgumentException.class, () -> RetentionSettings.HISTORY_END.parse("Drop"))
            .getMessage());
  }

  private static String rows(String pattern) throws IOException {
    try (Stream<String> lines = Files.lines(PAGE)) {
      return lines.filter(line -> line.matches(pattern)).collect(joining("\n"));
    }
  }

  private static Settings set(Map<String, String> values) {
    return Settings.of(key -> Optional.ofNullable(values.get(key)));
  }

  private static void assertRefused(Setting<?> setting, String text) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> setting.parse(text));
    assertTrue(
        refused.getMessage().startsWith(setting.key() + " is '" + text + "'"),
        refused.getMessage());
  }
}
