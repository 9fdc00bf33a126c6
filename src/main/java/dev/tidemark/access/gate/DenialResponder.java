package dev.tidemark.access.gate;

import dev.tidemark.access.caller.CurrentCaller;
import dev.tidemark.access.record.Refusal;
import dev.tidemark.access.record.Refusals;
import dev.tidemark.access.token.BearerToken;
import dev.tidemark.access.token.TokenService;
import dev.tidemark.wire.JsonText;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Tells a client why {@link AccessFilter} does not let its request pass, and notes it. */
@ApplicationScoped
public class DenialResponder {
  static final int UPGRADE_REQUIRED = 426;
  private static final String BEARER = "Bearer realm=\"tidemark\"";

  @Inject CurrentCaller current;
  @Inject TokenService verifier;
  @Inject Refusals refusals;

  /** Records the denial and answers with it. */
  void answer(
      AccessRequest accessRequest, HttpServletResponse response, AccessDeniedException denied)
      throws IOException {
    refusals.record(
        Refusal.ofRequest(
            Refusal.Asker.of(current),
            accessRequest.operation(),
            denied.status(),
            denied.code(),
            denied.getMessage()));
    response.setStatus(denied.status());
    if (denied.status() == HttpServletResponse.SC_UNAUTHORIZED) {
      challenge(accessRequest, response);
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

  private void challenge(AccessRequest accessRequest, HttpServletResponse response) {
    if (verifier.isConfigured()) {
      boolean wrong = BearerToken.of(accessRequest.request()).isPresent();
      response.setHeader("WWW-Authenticate", wrong ? BEARER + ", error=\"invalid_token\"" : BEARER);
    } else if (!accessRequest.isOfAPage()) {
      // A page's script is not asked by the browser for a password: its page has a form for that.
      response.setHeader("WWW-Authenticate", "Basic realm=\"tidemark\", charset=\"UTF-8\"");
    }
  }
}
