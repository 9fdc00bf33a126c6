package dev.tidemark.access.gate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The headers by which every answer tells a browser: run, show and fetch nothing that is not the
 * page's own, be framed by nobody, tell nobody where the user was.
 */
final class SecurityHeaders {
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
          + "base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
  private static final String NO_DEVICES =
      "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
          + "microphone=(), midi=(), payment=(), publickey-credentials-get=(), usb=()";
  private static final String A_YEAR = "max-age=31536000";

  private final Map<String, String> always = new LinkedHashMap<>();

  /**
   * @param formTargets origins to which a form may lead beside the page's own
   */
  SecurityHeaders(Set<String> formTargets) {
    StringBuilder policy = new StringBuilder(POLICY);
    new TreeSet<>(formTargets).forEach(origin -> policy.append(' ').append(origin));
    always.put("Content-Security-Policy", policy.toString());
    always.put("X-Content-Type-Options", "nosniff");
    always.put("X-Frame-Options", "DENY"); // for what does not know frame-ancestors
    always.put("Referrer-Policy", "no-referrer");
    always.put("Permissions-Policy", NO_DEVICES);
    always.put("Cross-Origin-Opener-Policy", "same-origin");
    always.put("Cross-Origin-Resource-Policy", "same-origin");
  }

  /**
   * @param path below the application's
   * @param secure whether the client came by https, to a proxy that says so or to us
   */
  Map<String, String> of(String path, boolean secure) {
    boolean api = path.startsWith("/api/");
    if (!api && !secure) {
      return always;
    }
    Map<String, String> headers = new LinkedHashMap<>(always);
    if (api) {
      headers.put("Cache-Control", "no-store");
    }
    if (secure) {
      headers.put("Strict-Transport-Security", A_YEAR);
    }
    return headers;
  }
}
