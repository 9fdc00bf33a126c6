package dev.tidemark.access.limit;

import jakarta.servlet.ServletContext;

/**
 * The HTTP sessions of this node in which no login was used yet, by network. The server makes one
 * for each request for a page without a login, and with it the login form.
 */
public final class LoginForms {
  private static final String ATTRIBUTE = LoginForms.class.getName();

  private final ConcurrencyLimit open;

  /**
   * @param max the greatest number of one network
   */
  public LoginForms(int max) {
    open =
        new ConcurrencyLimit(
            Quota.REQUESTS,
            "At most %d login forms may be open at one address. Come again later.".formatted(max),
            max);
  }

  /** Makes them known to handlers, which exist before the application. */
  public void publish(ServletContext context) {
    context.setAttribute(ATTRIBUTE, this);
  }

  /** Those of the application. */
  public static LoginForms in(ServletContext context) {
    return (LoginForms) context.getAttribute(ATTRIBUTE);
  }

  /**
   * Checks whether an address may get one more.
   *
   * @throws QuotaExceededException if its network has too many
   */
  public void check(String remoteAddress) {
    open.check(ClientNetwork.of(remoteAddress));
  }

  /**
   * Counts one that the server has made. Those that were let in by {@link #check} at the same
   * moment may exceed the limit: one for each thread that handles requests of their address.
   *
   * @param network the {@link Quotas#network} that asked for it
   */
  public void opened(String network) {
    open.add(network);
  }

  /** Gives back the place that {@link #opened} took. */
  public void gone(String network) {
    open.leave(network);
  }
}
