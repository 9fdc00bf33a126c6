package dev.tidemark.access.token;

import dev.tidemark.config.OidcSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.wire.ErrorCode;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;

/**
 * Verifies tokens of the configured identity provider; without a provider, no token is accepted.
 */
@ApplicationScoped
public class TokenService {
  @Inject Settings settings;

  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-tokens")
  ManagedExecutorService executor;

  private Optional<TokenValidator> validator;

  @PostConstruct
  void prepare() {
    validator =
        settings
            .identityProvider()
            .map(
                provider ->
                    new TokenValidator(
                        provider,
                        JwksCache.cached(
                            provider,
                            new JwksCache.Limits(
                                settings.get(OidcSettings.KEYS_AGE),
                                settings.get(OidcSettings.KEYS_INTERVAL),
                                settings.get(OidcSettings.KEYS_OUTAGE),
                                settings.get(OidcSettings.TIMEOUT),
                                Math.toIntExact(settings.get(OidcSettings.RESPONSE_BYTES))),
                            executor),
                        settings.get(OidcSettings.CLOCK_SKEW),
                        Math.toIntExact(settings.get(OidcSettings.TOKEN_BYTES))));
  }

  /** Whether an identity provider is configured. */
  public boolean isConfigured() {
    return validator.isPresent();
  }

  /**
   * Verifies an access token. Waits for the provider if the token's key is not known yet.
   *
   * @throws TokenException if it is not accepted
   */
  public VerifiedToken verify(String token) {
    return configured().access(token);
  }

  /**
   * Verifies an access token without waiting: a thread of its own executor completes the result
   * with the token or the {@link TokenException}.
   */
  public CompletionStage<VerifiedToken> verifyLater(String token) {
    try {
      return CompletableFuture.supplyAsync(() -> verify(token), executor);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedStage(
          new TokenException(
              ErrorCode.KEYS_UNAVAILABLE, "Too many tokens wait to be verified just now."));
    }
  }

  /**
   * Verifies a token that the provider sends when a login has ended. May wait for the provider. The
   * caller makes sure that no such token is accepted twice.
   *
   * @throws TokenException if it is not accepted
   */
  public LogoutToken verifyLogout(String logoutToken) {
    return configured().logout(logoutToken);
  }

  private TokenValidator configured() {
    return validator.orElseThrow(
        () -> new TokenException(ErrorCode.AUTH_UNAVAILABLE, "No token is accepted here."));
  }
}
