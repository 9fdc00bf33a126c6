package dev.tidemark.access.gate;

import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.caller.AuthenticatedPrincipal;
import dev.tidemark.access.limit.QuotaExceededException;
import dev.tidemark.access.limit.Quotas;
import dev.tidemark.access.login.BrowserLogins;
import dev.tidemark.access.revocation.Revocations;
import dev.tidemark.ops.Node;
import dev.tidemark.ops.NotReady;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Decides whether an authenticated caller may pass {@link AccessFilter} now. */
@ApplicationScoped
class AdmissionCheck {
  @Inject Revocations revocations;
  @Inject BrowserLogins browserLogins;
  @Inject Node node;
  @Inject Quotas quotas;
  @Inject ThrottledCallers throttledCallers;

  void check(AccessRequest accessRequest, AuthenticatedPrincipal principal)
      throws AccessDeniedException {
    Caller caller = principal.caller();
    if (node.isUnawareOfRevocations()) {
      throw AccessDeniedException.forNow(
          node.refusal().map(NotReady::message).orElse("Come back in a moment."));
    }
    if (revocations.isRevoked(caller)) {
      principal.login().ifPresent(browserLogins::end); // nobody had seen it when it was revoked
      throw AccessDeniedException.unknown("These credentials were revoked. Log in anew.");
    }
    if (caller.roles().isEmpty()) {
      throw AccessDeniedException.forbidden("You have none of the roles that this is for.");
    }
    if (accessRequest.socket()) {
      checkSocket(accessRequest, caller);
    }
  }

  private void checkSocket(AccessRequest accessRequest, Caller caller)
      throws AccessDeniedException {
    if (!caller.is(Role.USER)) {
      throw AccessDeniedException.forbidden("The socket is for the role 'user'.");
    }
    if (node.refusal().isPresent()) {
      throw AccessDeniedException.forNow(node.refusal().get().message());
    }
    if (!"websocket".equalsIgnoreCase(accessRequest.request().getHeader("Upgrade"))) {
      throw new AccessDeniedException(
          DenialResponder.UPGRADE_REQUIRED,
          "upgrade_required",
          "This is the address of a WebSocket: connect with ws:// or wss://.");
    }
    if (!DenialResponder.SOCKET_VERSION.equals(
        accessRequest.request().getHeader("Sec-WebSocket-Version"))) {
      throw new AccessDeniedException(
          DenialResponder.UPGRADE_REQUIRED,
          "upgrade_required",
          "Only version " + DenialResponder.SOCKET_VERSION + " of WebSocket is spoken here.");
    }
    try {
      quotas.checkSocket(caller);
    } catch (QuotaExceededException e) {
      throttledCallers.note(accessRequest.request(), caller, e);
      throw AccessDeniedException.of(e);
    }
  }
}
