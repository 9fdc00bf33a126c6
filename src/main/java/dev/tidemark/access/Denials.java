package dev.tidemark.access;

import dev.tidemark.wire.JsonText;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Tells a client why {@link Gate} does not let its request pass, and notes it. */
@ApplicationScoped
public class Denials {
  static final int UPGRADE_REQUIRED = 426;
  private static final String BEARER = "Bearer realm=\"tidemark\"";

  @Inject CurrentCaller current;
  @Inject TokenVerifier verifier;
  @Inject Refusals refusals;

  /** Records the denial and answers with it. */
  void answer(Knock knock, HttpServletResponse response, DeniedException denied)
      throws IOException {
    refusals.record(
        Refusal.ofRequest(
            current.asker(),
            knock.operation(),
            denied.status(),
            denied.code(),
            denied.getMessage()));
    response.setStatus(denied.status());
    if (denied.status() == HttpServletResponse.SC_UNAUTHORIZED) {
      challenge(knock, response);
    }
    if (denied.status() == UPGRADE_REQUIRED) {
      response.setHeader("Upgrade", "websocket");
    }
    response.setContentType("application/json");
    response.setCharacterEncoding("UTF-8");
    JsonText answer =
        JsonText.object().text("code", denied.code()).text("message", denied.getMessage());
    if (denied.waitSeconds() > 0) {
      response.setHeader("Retry-After", String.valueOf(denied.waitSeconds()));
      answer.number("retry_after_seconds", denied.waitSeconds());
    }
    response.getWriter().write(answer.end());
  }

  private void challenge(Knock knock, HttpServletResponse response) {
    if (verifier.isConfigured()) {
      boolean wrong = BearerToken.of(knock.request()).isPresent();
      response.setHeader("WWW-Authenticate", wrong ? BEARER + ", error=\"invalid_token\"" : BEARER);
    } else if (!knock.isOfAPage()) {
      // A page's script is not asked by the browser for a password: its page has a form for that.
      response.setHeader("WWW-Authenticate", "Basic realm=\"tidemark\", charset=\"UTF-8\"");
    }
  }
}
