package dev.tidemark.access.revocation;

import dev.tidemark.access.caller.CurrentCaller;
import dev.tidemark.access.limit.QuotaExceededException;
import dev.tidemark.access.limit.Quotas;
import dev.tidemark.access.record.Refusal;
import dev.tidemark.access.record.Refusals;
import dev.tidemark.access.revocation.RevocationTarget.Kind;
import dev.tidemark.access.token.LogoutToken;
import dev.tidemark.access.token.TokenException;
import dev.tidemark.access.token.TokenService;
import dev.tidemark.config.IdentityProvider;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Node;
import dev.tidemark.wire.ErrorCode;
import dev.tidemark.wire.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * Handles notices of the identity provider that a login has ended (OpenID Connect Back-Channel
 * Logout 1.0): everything derived from that login is revoked on all nodes, as if by an
 * administrator. The signed token of the request is its only credential.
 */
@ApplicationScoped
public class BackchannelLogout {
  /** The path below the application for which {@code AccessFilter} requires no authentication. */
  public static final String PATH = "/api/backchannel-logout";

  private static final int REFUSED = 400;
  private static final Problem NOT_WRITTEN =
      new Problem(REFUSED, "unavailable", "The logout could not be written down.");

  @Inject TokenService tokens;
  @Inject AdminActions adminActions;
  @Inject CurrentCaller current;
  @Inject Refusals refusals;
  @Inject Quotas quotas;
  @Inject Settings settings;
  @Inject Node node;

  /**
   * To be called before anything of a request is read.
   *
   * @throws LogoutException if too many requests from its address were refused; recorded here
   */
  public void checkQuota() {
    try {
      quotas.checkLogout(current.remoteAddress());
    } catch (QuotaExceededException e) {
      throw recorded(e.problem(), true, e);
    }
  }

  /**
   * Revokes the provider session that the token names, or all of its subject if it names none.
   * Durable on return.
   *
   * @throws LogoutException if the token is rejected, was accepted before, or the revocation could
   *     not be written; recorded here
   */
  public void take(String logoutToken) {
    if (node.isStorageAway()) {
      throw recorded(NOT_WRITTEN, true, null);
    }
    try {
      revoke(tokens.verifyLogout(logoutToken));
    } catch (TokenException e) {
      boolean later = e.code() == ErrorCode.KEYS_UNAVAILABLE;
      throw refusal(e.code().wireName(), e.getMessage(), later, e);
    } catch (AdminActionFailedException e) {
      throw recorded(NOT_WRITTEN, true, e); // not the sender's fault, so it does not count
    }
  }

  /** Refuses a malformed request; recorded like any other refusal. */
  public LogoutException malformed(String message) {
    return refusal("invalid_request", message, false, null);
  }

  private void revoke(LogoutToken token) {
    RevocationTarget target =
        token
            .providerSession()
            .map(session -> new RevocationTarget(Kind.PROVIDER_SESSION, Optional.empty(), session))
            .or(
                () ->
                    token
                        .subject()
                        .map(
                            subject ->
                                new RevocationTarget(Kind.SUBJECT, Optional.empty(), subject)))
            .orElseThrow();
    RevocationCommand revocation =
        new RevocationCommand(
            target,
            new AdminAction(provider(), "backchannel_logout", target.name(), Optional.empty()),
            Optional.of(
                new RevocationCommand.Logout(
                    settings.identityProvider().map(IdentityProvider::issuer).orElseThrow(),
                    token.tokenId(),
                    token.issuedAt(),
                    token.expiresAt())));
    if (adminActions.write(revocation).isEmpty()) {
      throw refusal("replayed_token", "This logout token was taken before.", false, null);
    }
  }

  private LogoutException refusal(String code, String message, boolean later, Throwable cause) {
    quotas.logoutFailed(current.remoteAddress());
    return recorded(new Problem(REFUSED, code, message), later, cause);
  }

  private LogoutException recorded(Problem problem, boolean later, Throwable cause) {
    refusals.record(
        Refusal.ofRequest(
            provider(),
            "request",
            new Problem(
                problem.status(), problem.code(), "Back-channel logout: " + problem.message())));
    return new LogoutException(problem, later, cause);
  }

  /** The sender as a requester: no caller of ours, even if the request has a caller's cookie. */
  private Refusal.Requester provider() {
    Refusal.Requester requester = Refusal.Requester.of(current);
    return new Refusal.Requester(
        Optional.empty(),
        Optional.empty(),
        requester.remoteAddress(),
        requester.userAgent(),
        Optional.empty());
  }
}
