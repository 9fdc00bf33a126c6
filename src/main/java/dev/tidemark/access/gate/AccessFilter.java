package dev.tidemark.access.gate;

import dev.tidemark.access.Caller;
import dev.tidemark.access.caller.AuthenticatedPrincipal;
import dev.tidemark.access.limit.QuotaExceededException;
import dev.tidemark.access.limit.Quotas;
import dev.tidemark.access.record.AccessRecorder;
import dev.tidemark.access.record.SignIn;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import io.undertow.servlet.handlers.ServletRequestContext;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.util.Optional;

/**
 * Guards the socket and the REST paths. It responds before the upgrade, so that browsers and load
 * balancers understand the response. Cheap checks come first ({@link PreAuthenticationChecks}),
 * then authentication ({@link RequestAuthenticator}), then admission ({@link AdmissionCheck}).
 */
@WebFilter(
    urlPatterns = {AccessRequest.SOCKET, "/api/*"},
    asyncSupported = true)
public class AccessFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  private transient PreAuthenticationChecks preAuthenticationChecks;
  private transient RequestAuthenticator requestAuthenticator;
  private transient AdmissionCheck admissionCheck;
  private transient DenialResponder denialResponder;
  private transient ThrottledCallers throttledCallers;
  private transient AccessRecorder accessRecorder;
  private transient Quotas quotas;
  private transient Settings settings;

  @Inject
  void use(
      PreAuthenticationChecks theChecks,
      RequestAuthenticator theAuthenticator,
      AdmissionCheck theAdmission,
      DenialResponder theResponder) {
    preAuthenticationChecks = theChecks;
    requestAuthenticator = theAuthenticator;
    admissionCheck = theAdmission;
    denialResponder = theResponder;
  }

  @Inject
  void use(
      AccessRecorder theRecorder,
      Quotas theQuotas,
      ThrottledCallers theThrottled,
      Settings theSettings) {
    accessRecorder = theRecorder;
    throttledCallers = theThrottled;
    quotas = theQuotas;
    settings = theSettings;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    AccessRequest accessRequest = AccessRequest.of(request);
    if (!accessRequest.socket() && respondsToPreflight(request, response)) {
      return;
    }
    try {
      HttpServletRequest admitted = admitted(accessRequest);
      if (!accessRequest.socket()
          && admitted.getUserPrincipal() instanceof AuthenticatedPrincipal known) {
        withinLimits(known.caller(), admitted, response, chain);
      } else {
        chain.doFilter(admitted, response);
      }
    } catch (AccessDeniedException denied) {
      denialResponder.respond(accessRequest, response, denied);
    }
  }

  /** No principal takes more than a part of the threads, whatever its requests wait for. */
  private void withinLimits(
      Caller caller, HttpServletRequest admitted, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException, AccessDeniedException {
    try {
      countRequest(caller, admitted);
      quotas.requirePlace(caller);
    } catch (QuotaExceededException e) {
      throw AccessDeniedException.of(e);
    }
    try {
      chain.doFilter(admitted, response);
    } finally {
      quotas.requestDone(caller);
    }
  }

  /** Only who is too fast has to wait: a place may be free at any time. */
  private void countRequest(Caller caller, HttpServletRequest admitted) {
    try {
      quotas.countRequest(
          caller, IncomingBody.sizeOf(ServletRequestContext.requireCurrent().getExchange()));
    } catch (QuotaExceededException e) {
      throttledCallers.note(admitted, caller, e);
      throw e;
    }
  }

  /** The request to pass on, if it is admitted. */
  private HttpServletRequest admitted(AccessRequest accessRequest) throws AccessDeniedException {
    try {
      preAuthenticationChecks.check(accessRequest);
    } catch (QuotaExceededException e) {
      throw AccessDeniedException.of(e);
    }
    if (accessRequest.isBackchannelLogout()) {
      return accessRequest.request();
    }
    AuthenticatedPrincipal principal = requestAuthenticator.authenticate(accessRequest);
    admissionCheck.check(accessRequest, principal);
    accessRecorder.record(
        SignIn.of(
            principal.caller(),
            RequestAuthenticator.way(accessRequest, principal),
            accessRequest.operation()));
    return new Admitted(accessRequest.request(), principal);
  }

  /** Lets an allowed origin read the response, and responds to its browser's preflight request. */
  private boolean respondsToPreflight(HttpServletRequest request, HttpServletResponse response) {
    response.addHeader("Vary", "Origin");
    Optional<String> allowed =
        Origin.of(request).filter(settings.get(AccessSettings.ORIGINS)::contains);
    if (allowed.isEmpty()) {
      return false;
    }
    Cors.allow(allowed.get(), response);
    if (!Cors.isPreflight(request)) {
      return false;
    }
    Cors.addHeaders(response);
    return true;
  }

  /**
   * The request with the caller as its principal. The server keeps that principal with the socket;
   * the endpoint's user properties would not do, since all handshakes share them.
   */
  private static final class Admitted extends HttpServletRequestWrapper {
    private final AuthenticatedPrincipal principal;

    Admitted(HttpServletRequest request, AuthenticatedPrincipal principal) {
      super(request);
      this.principal = principal;
    }

    @Override
    public Principal getUserPrincipal() {
      return principal;
    }
  }
}
