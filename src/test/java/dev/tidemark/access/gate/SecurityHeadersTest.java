package dev.tidemark.access.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The headers by which a browser protects the page. */
final class SecurityHeadersTest {
  private static final Path PAGES = Path.of(System.getProperty("basedir", ""), "src/main/webapp");
  private static final Pattern INLINE =
      Pattern.compile("<script(?![^>]*\\bsrc=)|<style|\\sstyle=|\\son[a-z]+=|javascript:");

  @Test
  void thePolicyAllowsWhatIsThePagesOwnAndNothingElse() {
    String policy = new SecurityHeaders(Set.of()).of("/", false).get("Content-Security-Policy");
    assertEquals(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            + "base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
        policy);
  }

  @Test
  void aFormMayLeadToTheIdentityProviderWhereThatIsSet() {
    String policy =
        new SecurityHeaders(Set.of("https://sso.example.com", "https://a.example.com"))
            .of("/", false)
            .get("Content-Security-Policy");
    assertTrue(
        policy.endsWith("; form-action 'self' https://a.example.com https://sso.example.com"),
        policy);
  }

  @Test
  void onlyAnAnswerOverHttpsDemandsHttps() {
    SecurityHeaders headers = new SecurityHeaders(Set.of());
    assertFalse(headers.of("/", false).containsKey("Strict-Transport-Security"));
    assertEquals("max-age=31536000", headers.of("/", true).get("Strict-Transport-Security"));
  }

  @Test
  void anAnswerOfRestIsNotStored() {
    Map<String, String> answer = new SecurityHeaders(Set.of()).of("/api/me", false);
    assertEquals("no-store", answer.get("Cache-Control"));
    assertFalse(new SecurityHeaders(Set.of()).of("/js/app.js", false).containsKey("Cache-Control"));
  }

  @Test
  void noPageHasAScriptOrAStyleWithinItself() throws IOException {
    try (Stream<Path> files = Files.list(PAGES)) {
      List<Path> pages = files.filter(file -> file.toString().endsWith(".html")).toList();
      assertTrue(pages.size() >= 3, pages.toString());
      for (Path page : pages) {
        assertFalse(INLINE.matcher(Files.readString(page)).find(), page.toString());
      }
    }
  }
}
