package dev.tidemark.config;

import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.eclipse.microprofile.config.Config;

/**
 * What the web server has to know before the application begins.
 *
 * @param formTargets origins beside its own to which a form of the page may lead: an identity
 *     provider's, where a log-out is a form
 * @param secureCookies whether cookies are for https only; false is for development on one machine
 */
public record WebSettings(Set<String> formTargets, boolean secureCookies) {
  static final String FORM_TARGETS = "tidemark.access.form-targets";
  static final String SECURE_COOKIES = "tidemark.access.secure-cookies";

  /**
   * @throws IllegalArgumentException with the key, the value and what is allowed
   */
  public static WebSettings of(Config config) {
    return of(key -> config.getOptionalValue(key, String.class));
  }

  /** Only an exact {@code false} takes the protection away: a slip must not. */
  static WebSettings of(Function<String, Optional<String>> text) {
    String secure = text.apply(SECURE_COOKIES).orElse("true");
    if (!secure.equals("true") && !secure.equals("false")) {
      throw new IllegalArgumentException(
          SECURE_COOKIES + " is '" + secure + "': must be true or false");
    }
    return new WebSettings(
        Origins.parse(FORM_TARGETS, text.apply(FORM_TARGETS)), secure.equals("true"));
  }
}
