package dev.tidemark.access.revocation;

import dev.tidemark.access.caller.CurrentCaller;
import dev.tidemark.access.gate.AccessFilter;
import dev.tidemark.access.limit.FailedLogins;
import dev.tidemark.access.limit.LogoutAttempts;
import dev.tidemark.access.record.Refusal;
import dev.tidemark.access.record.Refusals;
import dev.tidemark.access.revocation.RevocationTarget.Kind;
import dev.tidemark.access.token.LogoutToken;
import dev.tidemark.access.token.TokenException;
import dev.tidemark.access.token.TokenService;
import dev.tidemark.config.IdentityProvider;
import dev.tidemark.config.Settings;
import dev.tidemark.wire.ErrorCode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Takes the identity provider's word that a login has ended (OpenID Connect Back-Channel Logout
 * 1.0): whatever came of it is revoked on all nodes, as if an administrator had done it. The signed
 * token of the request is its only credential.
 */
@ApplicationScoped
public class BackchannelLogout {
  /** Where {@link AccessFilter} asks nobody who they are, below the application. */
  public static final String PATH = "/api/backchannel-logout";

  private static final int REFUSED = 400;

  @Inject TokenService verifier;
  @Inject AdminActions adminActions;
  @Inject CurrentCaller current;
  @Inject Refusals refusals;
  @Inject LogoutAttempts attempts;
  @Inject Settings settings;

  /**
   * Asks whether a request from there is looked at, before anything of it is.
   *
   * @throws LogoutException if too many from its address were refused; recorded here
   */
  public void requirePatience() {
    OptionalLong wait = attempts.mustWait(provider().remoteAddress());
    if (wait.isPresent()) {
      String message = "Too many logout requests from this address were refused. Wait.";
      record(FailedLogins.TOO_MANY_REQUESTS, "too_many_failures", message);
      throw new LogoutException(message, wait.getAsLong());
    }
  }

  /**
   * Revokes the session that the token names, or all of its subject if it names none. Durable when
   * it returns.
   *
   * @throws LogoutException if the token is not accepted, or was before, or if it could not be
   *     written; recorded here
   */
  public void take(String logoutToken) {
    try {
      revoke(verifier.verifyLogout(logoutToken));
    } catch (TokenException e) {
      boolean later = e.code() == ErrorCode.KEYS_UNAVAILABLE;
      throw refusal(e.code().wireName(), e.getMessage(), later, e);
    } catch (AdminActionFailedException e) {
      throw refusal("unavailable", "The logout could not be written down.", true, e);
    }
  }

  /** The request itself is not one; recorded as any other refusal. */
  public LogoutException malformed(String message) {
    return refusal("invalid_request", message, false, null);
  }

  private void revoke(LogoutToken token) {
    RevocationTarget revocationTarget =
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
            revocationTarget,
            new AdminAction(
                provider(), "backchannel_logout", revocationTarget.name(), Optional.empty()),
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
    if (!(cause instanceof AdminActionFailedException)) { // which is no fault of the sender's
      attempts.failed(provider().remoteAddress());
    }
    record(REFUSED, code, message);
    return new LogoutException(message, later, cause);
  }

  private void record(int status, String code, String message) {
    refusals.record(
        Refusal.ofRequest(provider(), "request", status, code, "Back-channel logout: " + message));
  }

  /** Whoever sends it: not a caller of ours, even if it comes with somebody's cookie. */
  private Refusal.Asker provider() {
    Refusal.Asker asker = Refusal.Asker.of(current);
    return new Refusal.Asker(
        Optional.empty(),
        Optional.empty(),
        asker.remoteAddress(),
        asker.userAgent(),
        Optional.empty());
  }
}
