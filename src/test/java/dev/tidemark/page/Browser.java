package dev.tidemark.page;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * The Chromium of the machine: the one that {@code -Dbrowser.path} names, else one on the {@code
 * PATH}, else Playwright's own download. Without any, the tests are skipped with the reason, or
 * fail with {@code -Dbrowser.required=true}.
 */
final class Browser implements AutoCloseable {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
  private static final List<String> QUIET =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser chromium;

  private Browser(Playwright playwright, com.microsoft.playwright.Browser chromium) {
    this.playwright = playwright;
    this.chromium = chromium;
  }

  static Browser orSkip() {
    Optional<Path> installed = installed();
    try {
      return launch(installed);
    } catch (PlaywrightException failure) {
      if (Boolean.getBoolean("browser.required")) {
        throw failure;
      }
      return Assumptions.abort(
          "no browser: set -Dbrowser.path to a Chromium or install one (tried "
              + installed.map(Path::toString).orElse("Playwright's own download")
              + ": "
              + reason(failure)
              + ")");
    }
  }

  /** Playwright's messages have several lines; only one of them is informative. */
  private static String reason(PlaywrightException failure) {
    return failure
        .getMessage()
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith("message='"))
        .findFirst()
        .map(line -> line.substring("message='".length()))
        .orElse("it does not start");
  }

  /** Opens a fresh profile, without cookies and memory. */
  BrowserContext visit(ColorScheme theme, int width, int height) {
    return chromium.newContext(
        new com.microsoft.playwright.Browser.NewContextOptions()
            .setColorScheme(theme)
            .setViewportSize(width, height));
  }

  @Override
  public void close() {
    playwright.close();
  }

  private static Browser launch(Optional<Path> installed) {
    Map<String, String> environment =
        installed.isPresent() ? Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1") : Map.of();
    Playwright playwright = Playwright.create(new Playwright.CreateOptions().setEnv(environment));
    try {
      BrowserType.LaunchOptions options = new BrowserType.LaunchOptions().setArgs(QUIET);
      installed.ifPresent(options::setExecutablePath);
      return new Browser(playwright, playwright.chromium().launch(options));
    } catch (PlaywrightException failure) {
      playwright.close();
      throw failure;
    }
  }

  private static Optional<Path> installed() {
    String named = System.getProperty("browser.path");
    if (named != null && !named.isBlank()) {
      return Optional.of(Path.of(named));
    }
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Arrays.stream(path.split(java.io.File.pathSeparator, -1))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
