package dev.tidemark.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Origins are listed as browsers name them, and what could never match is refused. */
final class OriginsTest {
  @Test
  void originsHaveCommasInBetween() {
    assertEquals(
        Set.of("https://app.example.com", "http://127.0.0.1:8080", "https://[2001:db8::1]:8443"),
        Origins.parse(
            "k",
            Optional.of(
                "https://App.example.com, http://127.0.0.1:8080,,https://[2001:db8::1]:8443")));
    assertEquals(Set.of(), Origins.parse("k", Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "null",
        "app.example.com",
        "https://app.example.com/",
        "https://*.example.com",
        "https://a.example.com; script-src *",
        "https://user@app.example.com",
        "wss://app.example.com"
      })
  void whatIsNoOriginIsRefusedAndNamed(String wrong) {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> Origins.parse("tidemark.access.origins", Optional.of("https://ok," + wrong)));
    assertTrue(refused.getMessage().startsWith("tidemark.access.origins has '" + wrong));
  }

  @Test
  void cookiesAreForHttpsUnlessExactlyFalseIsSaid() {
    assertTrue(secureCookies(Map.of()));
    assertTrue(secureCookies(Map.of(WebSettings.SECURE_COOKIES, "true")));
    assertFalse(secureCookies(Map.of(WebSettings.SECURE_COOKIES, "false")));
    assertThrows(
        IllegalArgumentException.class,
        () -> secureCookies(Map.of(WebSettings.SECURE_COOKIES, "no")));
  }

  private static boolean secureCookies(Map<String, String> settings) {
    return WebSettings.of(key -> Optional.ofNullable(settings.get(key))).secureCookies();
  }
}
