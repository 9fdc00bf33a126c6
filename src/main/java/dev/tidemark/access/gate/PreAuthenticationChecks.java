package dev.tidemark.access.gate;

import dev.tidemark.access.limit.QuotaExceededException;
import dev.tidemark.access.limit.Quotas;
import dev.tidemark.access.token.BearerToken;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Set;

/** Cheap checks before authentication, which is expensive. */
@ApplicationScoped
class PreAuthenticationChecks {
  @Inject Settings settings;
  @Inject Quotas quotas;

  /**
   * @throws QuotaExceededException if the address has exceeded a quota
   */
  void check(AccessRequest accessRequest) throws AccessDeniedException {
    if (BearerToken.isInAddress(accessRequest.request())) {
      throw new AccessDeniedException(
          HttpServletResponse.SC_BAD_REQUEST,
          "token_in_address",
          "A token does not belong into an address. Send it as a header: Authorization: Bearer.");
    }
    if (isForeign(accessRequest)) {
      throw new AccessDeniedException(
          HttpServletResponse.SC_FORBIDDEN, "foreign_origin", "This origin may not connect.");
    }
    if (!accessRequest.isBackchannelLogout()) {
      checkQuotas(accessRequest);
    }
  }

  /**
   * Whether another site's page has caused it. What only reads is refused where the visitor's
   * cookie came with it, as with a link: it would count for the visitor.
   */
  private boolean isForeign(AccessRequest accessRequest) {
    HttpServletRequest request = accessRequest.request();
    Set<String> allowed = settings.get(AccessSettings.ORIGINS);
    return accessRequest.isWriting()
        ? Origin.isForeign(request, allowed)
        : request.getUserPrincipal() != null
            && FetchMetadata.isForeign(request)
            && Origin.of(request).filter(allowed::contains).isEmpty();
  }

  /** Refuses an address that has too many connections, or too many failed logins. */
  private void checkQuotas(AccessRequest accessRequest) {
    HttpServletRequest request = accessRequest.request();
    if (accessRequest.socket()) {
      quotas.checkConnection(request.getRemoteAddr());
    }
    if (request.getUserPrincipal() == null) {
      quotas.checkLogin(request.getRemoteAddr());
    }
  }
}
