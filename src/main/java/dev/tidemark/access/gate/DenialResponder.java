package dev.tidemark.access.gate;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.access.caller.CurrentCaller;
import dev.tidemark.access.record.Refusal;
import dev.tidemark.access.record.Refusals;
import dev.tidemark.access.token.BearerToken;
import dev.tidemark.access.token.TokenService;
import dev.tidemark.wire.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Tells a client why {@link AccessFilter} denied its request, and records the denial. */
@ApplicationScoped
public class DenialResponder {
  static final int UPGRADE_REQUIRED = 426;

  /** That of RFC 6455. */
  static final String SOCKET_VERSION = "13";

  private static final String BEARER = "Bearer realm=\"tidemark\"";

  @Inject CurrentCaller current;
  @Inject TokenService tokens;
  @Inject Refusals refusals;

  void respond(
      AccessRequest accessRequest, HttpServletResponse response, AccessDeniedException denied)
      throws IOException {
    Problem problem = denied.problem();
    refusals.record(
        Refusal.ofRequest(Refusal.Requester.of(current), accessRequest.operation(), problem));
    if (problem.status() == HttpServletResponse.SC_UNAUTHORIZED) {
      challenge(accessRequest, response);
    }
    if (problem.status() == UPGRADE_REQUIRED) {
      response.setHeader("Upgrade", "websocket");
      response.setHeader("Sec-WebSocket-Version", SOCKET_VERSION);
    }
    write(response, problem);
  }

  /** Writes a problem as the response of a servlet. */
  public static void write(HttpServletResponse response, Problem problem) throws IOException {
    response.setStatus(problem.status());
    problem
        .retryAfterSeconds()
        .ifPresent(seconds -> response.setHeader("Retry-After", String.valueOf(seconds)));
    response.setContentType(Problem.MEDIA_TYPE);
    response.getOutputStream().write(problem.json().getBytes(UTF_8));
  }

  private void challenge(AccessRequest accessRequest, HttpServletResponse response) {
    if (tokens.isConfigured()) {
      boolean wrong = BearerToken.of(accessRequest.request()).isPresent();
      response.setHeader("WWW-Authenticate", wrong ? BEARER + ", error=\"invalid_token\"" : BEARER);
    } else if (!accessRequest.isOfAPage()) {
      // No challenge for a page's script: its page has a form, so the browser should not ask.
      response.setHeader("WWW-Authenticate", "Basic realm=\"tidemark\", charset=\"UTF-8\"");
    }
  }
}
