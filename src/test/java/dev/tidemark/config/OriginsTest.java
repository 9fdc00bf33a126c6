package dev.tidemark.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Origins are listed as browsers name them; an entry that could never match is refused. */
final class OriginsTest {
  @Test
  void originsHaveCommasInBetween() {
    assertEquals(
        Set.of("https://app.example.com", "http://127.0.0.1:8080", "https://[2001:db8::1]:8443"),
        Origins.parse(
            "k", "https://App.example.com, http://127.0.0.1:8080,,https://[2001:db8::1]:8443"));
    assertEquals(Set.of(), AccessSettings.ORIGINS.parse(""));
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
            () -> AccessSettings.ORIGINS.parse("https://ok," + wrong));
    assertTrue(refused.getMessage().startsWith("tidemark.access.origins has '" + wrong));
  }

  @Test
  void cookiesAreForHttpsUnlessFalseIsSaid() {
    assertTrue(AccessSettings.SECURE_COOKIES.parse(""));
    assertTrue(AccessSettings.SECURE_COOKIES.parse("true"));
    assertTrue(AccessSettings.SECURE_COOKIES.parse("TRUE"));
    assertFalse(AccessSettings.SECURE_COOKIES.parse("false"));
    assertFalse(AccessSettings.SECURE_COOKIES.parse("FALSE"));
    assertThrows(IllegalArgumentException.class, () -> AccessSettings.SECURE_COOKIES.parse("no"));
  }
}
