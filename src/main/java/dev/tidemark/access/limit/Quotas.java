package dev.tidemark.access.limit;

import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.RequestSettings;
import dev.tidemark.config.Setting;
import dev.tidemark.config.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;

/**
 * The quotas of this node: connections by principal and by network, frames by principal and kind,
 * REST requests by principal, bodies on their way and refused attempts by network. Each principal
 * and each network has counters of its own, so one that is too fast slows down nobody else. Every
 * method that begins with {@code require} or {@code check} throws {@link QuotaExceededException}.
 */
@ApplicationScoped
public class Quotas {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private ConcurrencyLimit connectionsOfPrincipals;
  private ConcurrencyLimit connectionsOfNetworks;
  private ConcurrencyLimit requestsOfPrincipals;
  private ConcurrencyLimit bodiesOfNetworks;
  private RateLimiter requests;
  private RateLimiter publishes;
  private RateLimiter joins;
  private RateLimiter messages;
  private RateLimiter aborts;
  private RateLimiter frames;
  private RateLimiter bytes;
  private RateLimiter failedLogins;
  private RateLimiter failedLogouts;

  /** For the container's proxy. */
  Quotas() {}

  @Inject
  public Quotas(Settings settings) {
    connectionsOfPrincipals =
        connections(
            settings,
            AccessSettings.CONNECTIONS_PER_PRINCIPAL,
            "At most %d connections for one principal.");
    connectionsOfNetworks =
        connections(
            settings,
            AccessSettings.CONNECTIONS_PER_ADDRESS,
            "At most %d connections from one address.");
    requestsOfPrincipals =
        concurrency(
            settings,
            Quota.REQUESTS,
            RequestSettings.REQUESTS_AT_ONCE,
            "At most %d requests of one principal at a time. Wait for the answer to another one.");
    bodiesOfNetworks =
        concurrency(
            settings,
            Quota.BODIES,
            RequestSettings.BODIES_PER_ADDRESS,
            "At most %d bodies may be on their way from one address.");
    requests =
        paced(
            settings,
            Quota.REQUESTS,
            RequestSettings.REQUESTS_PER_MINUTE,
            "At most %d requests a minute for one principal.");
    publishes =
        paced(
            settings,
            Quota.REQUESTS,
            RequestSettings.PUBLISHES_PER_MINUTE,
            "At most %d requests a minute for one publisher.");
    joins =
        paced(
            settings,
            Quota.JOINS,
            AccessSettings.JOINS_PER_MINUTE,
            "At most %d joins and auths a minute for one principal.");
    messages =
        paced(
            settings,
            Quota.MESSAGES,
            AccessSettings.MESSAGES_PER_MINUTE,
            "At most %d messages a minute for one principal. Send it again later.");
    aborts =
        paced(
            settings,
            Quota.ABORTS,
            AccessSettings.ABORTS_PER_MINUTE,
            "At most %d aborts a minute for one principal.");
    frames =
        paced(
            settings,
            Quota.FRAMES,
            AccessSettings.FRAMES_PER_MINUTE,
            "At most %d frames a minute for one principal. Come back and send what was not"
                + " acknowledged.");
    long bytesPerSecond = settings.get(AccessSettings.BYTES_PER_SECOND);
    bytes =
        new RateLimiter(
            Quota.BYTES,
            "At most %d bytes a second for one principal.".formatted(bytesPerSecond),
            bytesPerSecond,
            bytesPerSecond + bytesPerSecond / 16, // a message of a second costs its parts too
            SECOND,
            settings.get(AccessSettings.LIMITS_KEPT));
    failedLogins =
        rate(
            settings,
            Quota.FAILURES,
            AccessSettings.FAILURES_PER_MINUTE,
            "Too many attempts from this address have failed. Wait.");
    failedLogouts =
        rate(
            settings,
            Quota.FAILURES,
            AccessSettings.LOGOUT_FAILURES_PER_MINUTE,
            "Too many logout requests from this address were refused. Wait.");
  }

  private static ConcurrencyLimit connections(
      Settings settings, Setting<Integer> max, String message) {
    return concurrency(settings, Quota.CONNECTIONS, max, message);
  }

  private static ConcurrencyLimit concurrency(
      Settings settings, Quota quota, Setting<Integer> max, String message) {
    return new ConcurrencyLimit(quota, message.formatted(settings.get(max)), settings.get(max));
  }

  private static RateLimiter paced(
      Settings settings, Quota quota, Setting<Integer> perMinute, String message) {
    return RateLimiter.paced(
        quota,
        message.formatted(settings.get(perMinute)),
        settings.get(perMinute),
        MINUTE,
        settings.get(AccessSettings.LIMITS_KEPT));
  }

  private static RateLimiter rate(
      Settings settings, Quota quota, Setting<Integer> perMinute, String message) {
    return RateLimiter.perMinute(
        quota,
        message.formatted(settings.get(perMinute)),
        settings.get(perMinute),
        settings.get(AccessSettings.LIMITS_KEPT));
  }

  /** Takes a place for one more connection, or none if the caller or the network has too many. */
  public ConnectionPlace requireConnection(Caller caller) {
    return ConnectionPlace.take(
        connectionsOfPrincipals,
        key(caller),
        connectionsOfNetworks,
        ClientNetwork.of(caller.remoteAddress()));
  }

  /**
   * Checks before authentication whether an address may open another connection. {@link
   * #requireConnection} decides.
   */
  public void checkConnection(String remoteAddress) {
    connectionsOfNetworks.check(ClientNetwork.of(remoteAddress));
  }

  /** Takes a place for a REST request, or none if its principal has too many at once. */
  public void requirePlace(Caller caller) {
    requestsOfPrincipals.enter(key(caller));
  }

  /**
   * Counts a REST request and the bytes of its body. They have arrived already, so those of a
   * refused request count too, and are in the time that its client is told to wait.
   */
  public void countRequest(Caller caller, long bodyBytes) {
    if (bodyBytes > 0) {
      boolean isEarly = nanosAhead(caller) > 0;
      var unused = countBytes(caller, bodyBytes);
      if (isEarly) {
        bytes.check(key(caller));
      }
    }
    (caller.is(Role.PUBLISHER) ? publishes : requests).take(key(caller));
  }

  /**
   * Counts bytes of a frame that has arrived.
   *
   * @return the time in nanoseconds for which no more should be read from its principal
   */
  public long countBytes(Caller caller, long frameBytes) {
    return bytes.overdraw(key(caller), frameBytes);
  }

  /** The time in nanoseconds for which nothing should be read from a principal; 0 for none. */
  public long nanosAhead(Caller caller) {
    return bytes.nanosUntilFree(key(caller));
  }

  /**
   * Checks whether a new socket could do anything now: whoever was told to wait should not come.
   */
  public void checkSocket(Caller caller) {
    joins.check(key(caller));
    frames.check(key(caller));
  }

  /** Gives back the place that {@link #requirePlace} took. */
  public void requestDone(Caller caller) {
    requestsOfPrincipals.leave(key(caller));
  }

  /** The network of an address: what counts as one client before it is known who it is. */
  public static String network(String remoteAddress) {
    return ClientNetwork.of(remoteAddress);
  }

  /** Takes a place for a body that is on its way, or none if the network has too many. */
  public void requireBody(String remoteAddress) {
    bodiesOfNetworks.enter(ClientNetwork.of(remoteAddress));
  }

  /** Gives back the place that {@link #requireBody} took. */
  public void bodyDone(String remoteAddress) {
    bodiesOfNetworks.leave(ClientNetwork.of(remoteAddress));
  }

  /** Counts a join, or an {@code auth} frame: verifying a signature costs as much as a join. */
  public void requireJoin(Caller caller) {
    joins.take(key(caller));
  }

  /** Counts a message. */
  public void requireMessage(Caller caller) {
    messages.take(key(caller));
  }

  /** Counts an attempt to abort a turn, whether or not one is running. */
  public void requireAbort(Caller caller) {
    aborts.take(key(caller));
  }

  /** Counts a frame of any kind, also one that cannot be read. */
  public void requireFrame(Caller caller) {
    frames.take(key(caller));
  }

  /** Checks whether an address may try to log in, before its credentials are verified. */
  public void checkLogin(String remoteAddress) {
    failedLogins.check(ClientNetwork.of(remoteAddress));
  }

  /** Counts a failed login. */
  public void loginFailed(String remoteAddress) {
    failedLogins.count(ClientNetwork.of(remoteAddress));
  }

  /**
   * Checks whether an address may log somebody out by the back channel: that path needs no login,
   * and verification is expensive. Only refused requests are counted, so a provider that ends
   * thousands of logins is never told to wait.
   */
  public void checkLogout(String remoteAddress) {
    failedLogouts.check(ClientNetwork.of(remoteAddress));
  }

  /** Counts a refused back-channel logout. */
  public void logoutFailed(String remoteAddress) {
    failedLogouts.count(ClientNetwork.of(remoteAddress));
  }

  /** The name of a caller's principal among all tenants. */
  public static String key(Caller caller) {
    return caller.tenant() + '\0' + caller.name();
  }
}
