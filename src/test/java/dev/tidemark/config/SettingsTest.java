package dev.tidemark.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator may set, and what is refused. */
final class SettingsTest {
  private static final Path PAGE =
      Path.of(System.getProperty("basedir", ""), "docs", "configuration.md");

  @ParameterizedTest
  @EnumSource(Setting.class)
  void aValueWithinItsLimitsIsTakenAndOneBeyondIsRefused(Setting setting) {
    assertEquals(setting.min(), Settings.parse(setting, "" + setting.min()));
    assertEquals(setting.max(), Settings.parse(setting, "" + setting.max()));
    assertRefused(setting, "" + (setting.min() - 1));
    assertRefused(setting, "" + (setting.max() + 1));
  }

  @ParameterizedTest
  @EnumSource(Setting.class)
  void theDefaultIsWithinTheLimitsAndStandsForNoValue(Setting setting) {
    assertTrue(setting.min() <= setting.defaultValue());
    assertTrue(setting.defaultValue() <= setting.max());
    assertEquals(setting.defaultValue(), Settings.parse(setting, ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"many", "1.5", "1e3", "0x10", "10s", "1 000", "9223372036854775808"})
  void whatIsNotAWholeNumberIsRefused(String text) {
    assertRefused(Setting.MAX_PAYLOAD, text);
  }

  @Test
  void allWrongValuesAreNamedAtOnce() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                Settings.parse(
                    key ->
                        Optional.ofNullable(
                            Map.of(
                                    Setting.HEARTBEAT.key(), "often",
                                    Setting.STALL.key(), " 99 ",
                                    Setting.PAGE_EVENTS.key(), " 17 ")
                                .get(key))));
    assertEquals(
        "tidemark.wire.heartbeat-millis is 'often': must be a whole number of millis from 100 to 600000; "
            + "tidemark.delivery.stall-millis is '99': must be a whole number of millis from 100 to 3600000",
        refused.getMessage());
  }

  @Test
  void keysAreUnique() {
    List<String> keys = Arrays.stream(Setting.values()).map(Setting::key).toList();
    assertEquals(keys.size(), new TreeSet<>(keys).size());
  }

  @Test
  void thePageHasExactlyTheseSettings() throws IOException {
    List<String> expected = new ArrayList<>();
    for (Setting setting : Setting.values()) {
      expected.add(
          "| `%s` | %s | %d | %d | %d | %s |"
              .formatted(
                  setting.key(),
                  setting.unit(),
                  setting.defaultValue(),
                  setting.min(),
                  setting.max(),
                  setting.meaning()));
    }
    try (Stream<String> lines = Files.lines(PAGE)) {
      assertEquals(
          String.join("\n", expected),
          String.join("\n", lines.filter(line -> line.matches("\\| `.*\\| \\d+ \\|.*")).toList()));
    }
  }

  @Test
  void thePageHasTheKeysThatAreTexts() throws IOException {
    String page = Files.readString(PAGE);
    for (String key :
        List.of(
            Settings.NODE_NAME,
            Settings.DEFAULT_AGENT,
            Settings.ORIGINS,
            Settings.HISTORY_END,
            OidcSettings.ISSUER,
            OidcSettings.REQUIRED,
            OidcSettings.CLIENT_ID,
            OidcSettings.AUDIENCE,
            OidcSettings.JWKS_URI,
            OidcSettings.NAME_CLAIM,
            OidcSettings.ROLES_CLAIM,
            OidcSettings.ROLE + "user",
            OidcSettings.ROLE + "publisher",
            OidcSettings.ROLE + "auditor",
            OidcSettings.ROLE + "admin",
            OidcSettings.TENANT_CLAIM,
            Settings.LOGIN_SCOPE,
            "tidemark.security-domain")) {
      assertTrue(page.contains("| `" + key + "` |"), key);
    }
  }

  @Test
  void aDayAtTheEndOfItsHistoryIsKeptUnlessTheOperatorChose() {
    assertEquals(HistoryExpiry.KEEP, HistoryExpiry.parse(Settings.HISTORY_END, Optional.empty()));
    assertEquals(
        HistoryExpiry.DROP, HistoryExpiry.parse(Settings.HISTORY_END, Optional.of(" drop ")));
    assertEquals(
        "tidemark.retention.history-end is 'Drop': must be keep, archive or drop",
        assertThrows(
                IllegalArgumentException.class,
                () -> HistoryExpiry.parse(Settings.HISTORY_END, Optional.of("Drop")))
            .getMessage());
  }

  private static void assertRefused(Setting setting, String text) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> Settings.parse(setting, text));
    assertTrue(
        refused.getMessage().startsWith(setting.key() + " is '" + text + "'"),
        refused.getMessage());
  }
}
