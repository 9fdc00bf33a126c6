package dev.tidemark.access.gate;

import dev.tidemark.access.revocation.BackchannelLogout;
import dev.tidemark.config.OidcSettings;
import dev.tidemark.config.RequestSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.config.WireSettings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.regex.Pattern;

/** The sizes that bodies of requests may have, by what they are for. */
@ApplicationScoped
class BodyLimits {
  /** What the form of a back-channel logout may have beside its token. */
  private static final int BYTES_BESIDE_THE_TOKEN = 1_024;

  private static final Pattern EVENTS = Pattern.compile("/api/sessions/.+/events/?");

  @Inject Settings settings;

  /** For the container. */
  BodyLimits() {}

  BodyLimits(Settings settings) {
    this.settings = settings;
  }

  /**
   * The greatest size in bytes; 0 where no body is taken, as at the pages and the socket.
   *
   * @param path below the application's
   * @param brings whether the request brings credentials, right or wrong
   */
  long of(String method, String path, boolean brings) {
    if (LoginAttempt.isForm(method, path)) {
      return settings.get(RequestSettings.ANONYMOUS_BODY_BYTES);
    }
    if (!Exchanges.isApi(path)) {
      return 0;
    }
    if (method.equals("POST") && path.equals(BackchannelLogout.PATH)) {
      return settings.get(OidcSettings.TOKEN_BYTES) + BYTES_BESIDE_THE_TOKEN;
    }
    if (!brings) {
      return settings.get(RequestSettings.ANONYMOUS_BODY_BYTES);
    }
    return method.equals("POST") && EVENTS.matcher(path).matches()
        ? settings.get(WireSettings.MAX_PAYLOAD_BYTES)
        : settings.get(RequestSettings.BODY_BYTES);
  }
}
