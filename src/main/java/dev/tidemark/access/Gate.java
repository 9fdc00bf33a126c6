package dev.tidemark.access;

import dev.tidemark.ops.Settings;
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
 * Strangers}), asks who it is ({@link Identification}), and whether that one may pass now ({@link
 * Permission}).
 */
@WebFilter(
    urlPatterns = {Knock.SOCKET, "/api/*"},
    asyncSupported = true)
public class Gate extends HttpFilter {
  private static final long serialVersionUID = 1L;

  private transient Strangers strangers;
  private transient Identification identification;
  private transient Permission permission;
  private transient Denials denials;
  private transient FailedAttempts failures;
  private transient Settings settings;

  @Inject
  void use(
      Strangers theStrangers,
      Identification theIdentification,
      Permission thePermission,
      Denials theDenials) {
    strangers = theStrangers;
    identification = theIdentification;
    permission = thePermission;
    denials = theDenials;
  }

  @Inject
  void use(FailedAttempts theFailures, Settings theSettings) {
    failures = theFailures;
    settings = theSettings;
  }

  @Override
  public void init() {
    FailedAttempts.publish(failures, getServletContext());
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    Knock knock = Knock.of(request);
    if (!knock.socket() && isPreflight(request, response)) {
      return;
    }
    try {
      chain.doFilter(passed(knock), response);
    } catch (DeniedException denied) {
      denials.answer(knock, response, denied);
    }
  }

  private HttpServletRequest passed(Knock knock) throws DeniedException {
    strangers.check(knock);
    if (knock.isBackchannelLogout()) {
      return knock.request();
    }
    Admittance admittance = identification.identify(knock);
    permission.check(knock, admittance.caller());
    return new Admitted(knock.request(), admittance);
  }

  /** Lets an allowed origin read the answer, and answers what its browser asks beforehand. */
  private boolean isPreflight(HttpServletRequest request, HttpServletResponse response) {
    response.addHeader("Vary", "Origin");
    Optional<String> allowed = Origin.of(request).filter(settings.allowedOrigins()::contains);
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
    private final Admittance admittance;

    Admitted(HttpServletRequest request, Admittance admittance) {
      super(request);
      this.admittance = admittance;
    }

    @Override
    public Principal getUserPrincipal() {
      return admittance;
    }
  }
}
