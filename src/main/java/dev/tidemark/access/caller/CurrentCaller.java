package dev.tidemark.access.caller;

import dev.tidemark.access.Caller;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * The caller of the HTTP request at hand, a WebSocket handshake included. {@code
 * RequestAuthenticator} says who it is; before that, only where the request comes from is known.
 */
@RequestScoped
public class CurrentCaller {
  private static final int MAX_USER_AGENT = 200;

  @Inject HttpServletRequest request;

  private Optional<Caller> caller = Optional.empty();

  /** Says who calls, once that is known. */
  public void is(Caller authenticated) {
    caller = Optional.of(authenticated);
  }

  /**
   * @throws IllegalStateException if it is not known: {@code AccessFilter} lets no such request
   *     pass
   */
  public Caller get() {
    return caller.orElseThrow(() -> new IllegalStateException("The request has no caller."));
  }

  /** The caller, as far as it is known already. */
  public Optional<Caller> known() {
    return caller;
  }

  /** The address that the request came from. */
  public String remoteAddress() {
    return request.getRemoteAddr();
  }

  /** The name by which the program at the other end calls itself. */
  public Optional<String> userAgent() {
    return printable(request.getHeader("User-Agent"));
  }

  /** A user agent, printable and short, because anybody may send anything. */
  public static Optional<String> printable(String userAgent) {
    return Optional.ofNullable(userAgent)
        .map(name -> name.replaceAll("[^\\x20-\\x7e]", "?"))
        .map(name -> name.substring(0, Math.min(name.length(), MAX_USER_AGENT)));
  }
}
