package dev.tidemark.access.token;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.tidemark.config.IdentityProvider;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.jboss.logging.Logger;

/**
 * Fetches the provider's public keys from the address in the provider's own description, unless the
 * operator has set one. The cache in front decides how often.
 */
final class JwksCache implements JWKSetSource<SecurityContext> {
  private static final Logger LOG = Logger.getLogger(JwksCache.class);

  /**
   * The time that others wait while one thread fetches: a flood of unknown keys must not take all
   * threads of a node while the provider hangs.
   */
  private static final long WAIT_MILLIS = 1_000;

  private static final String DESCRIPTION = "/.well-known/openid-configuration";

  private final IdentityProvider provider;
  private final Http http;

  /** The last working address of the keys; looked up again after a failure. */
  private volatile Optional<URI> known;

  /** Whether the last attempt failed: then the provider may know keys that are unknown here. */
  private volatile boolean isAway;

  private JwksCache(IdentityProvider provider, Limits limits) {
    this.provider = provider;
    http = new Http(limits);
    known = provider.jwksUri();
  }

  /**
   * Limits for fetching and keeping keys.
   *
   * @param age the age at which keys are fetched again
   * @param interval the time in which keys are fetched at most twice
   * @param outage the time for which keys stay valid while the provider is away
   * @param timeout the time limit for the connection, and again for each read
   * @param responseBytes the size limit of a response, in bytes
   */
  record Limits(
      Duration age, Duration interval, Duration outage, Duration timeout, int responseBytes) {}

  /**
   * A caller whose token is signed with a known key never waits: the executor fetches aging keys
   * again. Only a token with an unknown key waits for the provider, or briefly for another thread
   * that does.
   */
  static JWKSource<SecurityContext> cached(
      IdentityProvider provider, Limits limits, ExecutorService executor) {
    long ageMillis = limits.age().toMillis();
    JwksCache keys = new JwksCache(provider, limits);
    JWKSource<SecurityContext> cache =
        JWKSourceBuilder.create(keys)
            .cache(ageMillis, Math.min(WAIT_MILLIS, ageMillis / 2))
            .refreshAheadCache(ageMillis / 4, null, executor, false, null, false)
            .rateLimited(limits.interval().toMillis())
            .outageTolerant(limits.outage().toMillis())
            .build();
    return (selector, context) -> {
      List<JWK> found = cache.get(selector, context);
      if (found.isEmpty() && keys.isAway) {
        throw new JWKSetUnavailableException("Whether that is a key cannot be asked.");
      }
      return found;
    };
  }

  @Override
  public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator evaluator, long time, SecurityContext context)
      throws KeySourceException {
    try {
      JWKSet keys = fetch();
      isAway = false;
      return keys;
    } catch (IOException | ParseException e) {
      isAway = true;
      LOG.warnf("TIDE0703 The identity provider's keys could not be fetched: %s", e.getMessage());
      throw new JWKSetUnavailableException("The provider's keys could not be fetched.", e);
    }
  }

  private JWKSet fetch() throws IOException, ParseException {
    URI address = known.isPresent() ? known.get() : discover();
    try {
      JWKSet keys = JWKSet.parse(http.get(address));
      known = Optional.of(address);
      return keys;
    } catch (IOException | ParseException e) {
      known = provider.jwksUri();
      throw e;
    }
  }

  /** Checks that the description names the issuer: the address may be somebody else's by now. */
  private URI discover() throws IOException, ParseException {
    String issuer = provider.issuer();
    String home = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    Map<String, Object> description =
        JSONObjectUtils.parse(http.get(URI.create(home + DESCRIPTION)));
    if (!issuer.equals(description.get("issuer"))) {
      throw new IOException("what is at " + issuer + DESCRIPTION + " describes another issuer");
    }
    URI address = JSONObjectUtils.getURI(description, "jwks_uri");
    if (address == null || !IdentityProvider.isTrustworthy(address)) {
      throw new IOException("jwks_uri is '" + address + "', which is not to be trusted");
    }
    return address;
  }

  @Override
  public void close() {}

  /** Follows no redirection: the operator or the provider has named the address. */
  private static final class Http extends DefaultResourceRetriever {
    Http(Limits limits) {
      super(
          (int) limits.timeout().toMillis(),
          (int) limits.timeout().toMillis(),
          limits.responseBytes());
    }

    String get(URI address) throws IOException {
      return retrieveResource(address.toURL()).getContent();
    }

    @Override
    protected HttpURLConnection openHTTPConnection(URL url) throws IOException {
      HttpURLConnection connection = super.openHTTPConnection(url);
      connection.setInstanceFollowRedirects(false);
      return connection;
    }
  }
}
