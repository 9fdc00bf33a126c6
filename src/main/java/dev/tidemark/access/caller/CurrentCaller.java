package dev.tidemark.access.caller;

import dev.tidemark.access.Caller;
import dev.tidemark.access.login.BrowserLogin;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The caller of the current HTTP request, a WebSocket handshake included. {@code
 * RequestAuthenticator} sets it; before that, only the request's address and user agent are known.
 */
@RequestScoped
public class CurrentCaller {
  private static final int MAX_USER_AGENT = 200;
  private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x20-\\x7e]");

  @Inject HttpServletRequest request;

  private Optional<Caller> caller = Optional.empty();

  private Optional<BrowserLogin> login = Optional.empty();

  /** Sets the caller once it is authenticated. */
  public void set(Caller authenticated) {
    caller = Optional.of(authenticated);
  }

  /** Sets the browser's login that the request has come with. */
  public void login(Optional<BrowserLogin> browserLogin) {
    login = browserLogin;
  }

  /** The browser's login that the request has come with, if any. */
  public Optional<BrowserLogin> login() {
    return login;
  }

  /**
   * @throws IllegalStateException if there is no caller; beyond {@code AccessFilter} this is only
   *     so for a back-channel logout
   */
  public Caller get() {
    return caller.orElseThrow(() -> new IllegalStateException("The request has no caller."));
  }

  /** The caller, if already authenticated. */
  public Optional<Caller> known() {
    return caller;
  }

  /** The address that the request came from. */
  public String remoteAddress() {
    return request.getRemoteAddr();
  }

  public Optional<String> userAgent() {
    return printable(request.getHeader("User-Agent"));
  }

  /** Makes a user agent printable and short, because a client may send anything. */
  public static Optional<String> printable(String userAgent) {
    return Optional.ofNullable(userAgent)
        .map(name -> UNPRINTABLE.matcher(name).replaceAll("?"))
        .map(name -> name.substring(0, Math.min(name.length(), MAX_USER_AGENT)));
  }
}
