package dev.tidemark.access.gate;

import dev.tidemark.access.limit.FailedLogins;
import dev.tidemark.access.limit.Quotas;
import dev.tidemark.access.token.BearerToken;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import java.util.OptionalLong;

/** What is looked at before anybody is asked who they are, because to ask is what costs. */
@ApplicationScoped
class PreAuthenticationChecks {
  private static final long FULL_FOR_SECONDS = 1;

  @Inject Settings settings;
  @Inject Quotas quotas;
  @Inject FailedLogins failures;

  void check(AccessRequest accessRequest) throws AccessDeniedException {
    if (BearerToken.isInAddress(accessRequest.request())) {
      throw new AccessDeniedException(
          HttpServletResponse.SC_BAD_REQUEST,
          "token_in_address",
          "A token does not belong into an address. Send it as a header: Authorization: Bearer.");
    }
    if (accessRequest.isWriting()
        && Origin.isForeign(accessRequest.request(), settings.get(AccessSettings.ORIGINS))) {
      throw new AccessDeniedException(
          HttpServletResponse.SC_FORBIDDEN, "foreign_origin", "This origin may not connect.");
    }
    if (!accessRequest.isBackchannelLogout()) {
      requireRoom(accessRequest);
    }
  }

  /** Whether the address has too much open, or failed too often. */
  private void requireRoom(AccessRequest accessRequest) throws AccessDeniedException {
    HttpServletRequest request = accessRequest.request();
    Optional<String> full =
        accessRequest.socket() ? quotas.fullness(request.getRemoteAddr()) : Optional.empty();
    if (full.isPresent()) {
      throw AccessDeniedException.tooMany("too_many_connections", full.get(), FULL_FOR_SECONDS);
    }
    OptionalLong wait =
        request.getUserPrincipal() == null
            ? failures.mustWait(request.getRemoteAddr())
            : OptionalLong.empty();
    if (wait.isPresent()) {
      throw AccessDeniedException.tooMany(
          FailedLogins.CODE, FailedLogins.MESSAGE, wait.getAsLong());
    }
  }
}
