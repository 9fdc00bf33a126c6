package dev.tidemark.access.gate;

import dev.tidemark.access.caller.AuthenticatedPrincipal;
import dev.tidemark.access.limit.FailedLogins;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
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
 * Stands before the socket and the REST paths, and answers before the upgrade, so that a browser
 * and a load balancer understand it. It looks at what can be seen of a stranger ({@link
 * Strangers}), asks who it is ({@link RequestAuthenticator}), and whether that one may pass now
 * ({@link Permission}).
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
  private transient FailedLogins failures;
  private transient Settings settings;

  @Inject
  void use(
      PreAuthenticationChecks theStrangers,
      RequestAuthenticator theIdentification,
      AdmissionCheck thePermission,
      DenialResponder theDenials) {
    preAuthenticationChecks = theStrangers;
    requestAuthenticator = theIdentification;
    admissionCheck = thePermission;
    denialResponder = theDenials;
  }

  @Inject
  void use(FailedLogins theFailures, Settings theSettings) {
    failures = theFailures;
    settings = theSettings;
  }

  @Override
  public void init() {
    FailedLogins.publish(failures, getServletContext());
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    AccessRequest accessRequest = AccessRequest.of(request);
    if (!accessRequest.socket() && isPreflight(request, response)) {
      return;
    }
    try {
      chain.doFilter(passed(accessRequest), response);
    } catch (AccessDeniedException denied) {
      denialResponder.answer(accessRequest, response, denied);
    }
  }

  private HttpServletRequest passed(AccessRequest accessRequest) throws AccessDeniedException {
    preAuthenticationChecks.check(accessRequest);
    if (accessRequest.isBackchannelLogout()) {
      return accessRequest.request();
    }
    AuthenticatedPrincipal authenticatedPrincipal = requestAuthenticator.identify(accessRequest);
    admissionCheck.check(accessRequest, authenticatedPrincipal.caller());
    return new Admitted(accessRequest.request(), authenticatedPrincipal);
  }

  /** Lets an allowed origin read the answer, and answers what its browser asks beforehand. */
  private boolean isPreflight(HttpServletRequest request, HttpServletResponse response) {
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
    Cors.answer(response);
    return true;
  }

  /**
   * The request with the caller as its principal. The server keeps that principal with the socket;
   * the endpoint's user properties would not do, since all handshakes share them.
   */
  private static final class Admitted extends HttpServletRequestWrapper {
    private final AuthenticatedPrincipal authenticatedPrincipal;

    Admitted(HttpServletRequest request, AuthenticatedPrincipal authenticatedPrincipal) {
      super(request);
      this.authenticatedPrincipal = authenticatedPrincipal;
    }

    @Override
    public Principal getUserPrincipal() {
      return authenticatedPrincipal;
    }
  }
}
