package dev.tidemark.access.gate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The security headers of every response. They tell a browser to run, show and fetch only the
 * page's own content, to let nobody frame it, and to tell no other site where its visitors come
 * from.
 */
final class SecurityHeaders {
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
  private static final String NO_DEVICES =
      "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(),"
          + " magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(),"
          + " usb=()";
  private static final String A_YEAR = "max-age=31536000";

  private final Map<String, String> always = new LinkedHashMap<>();

  /**
   * @param formTargets origins, beside the page's own, to which a form may lead
   */
  SecurityHeaders(Set<String> formTargets) {
    StringBuilder policy = new StringBuilder(POLICY);
    new TreeSet<>(formTargets).forEach(origin -> policy.append(' ').append(origin));
    always.put("Content-Security-Policy", policy.toString());
    always.put("X-Content-Type-Options", "nosniff");
    always.put("X-Frame-Options", "DENY"); // for browsers without frame-ancestors
    // With no-referrer the login form would come from the origin "null", as another page's may.
    always.put("Referrer-Policy", "same-origin");
    always.put("Permissions-Policy", NO_DEVICES);
    always.put("Cross-Origin-Opener-Policy", "same-origin");
    always.put("Cross-Origin-Resource-Policy", "same-origin");
  }

  /**
   * @param path the path below the application's
   * @param secure true if the client came by https, to this server or to a proxy that says so
   */
  Map<String, String> of(String path, boolean secure) {
    boolean api = Exchanges.isApi(path);
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
