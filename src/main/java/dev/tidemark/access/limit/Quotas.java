package dev.tidemark.access.limit;

import dev.tidemark.access.Caller;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Counts on this node: connections by principal and by address, joins and messages by principal.
 * Each principal has buckets of its own, so that one that is too fast slows nobody else.
 */
@ApplicationScoped
public class Quotas {
  @Inject Settings settings;

  private ConcurrencyLimit ofPrincipals;
  private ConcurrencyLimit ofAddresses;
  private RateLimiter joins;
  private RateLimiter messages;

  @PostConstruct
  void prepare() {
    long kept = settings.get(AccessSettings.LIMITS_KEPT);
    ofPrincipals = new ConcurrencyLimit(settings.get(AccessSettings.CONNECTIONS_PER_PRINCIPAL));
    ofAddresses = new ConcurrencyLimit(settings.get(AccessSettings.CONNECTIONS_PER_ADDRESS));
    joins = new RateLimiter(settings.get(AccessSettings.JOINS_PER_MINUTE), kept);
    messages = new RateLimiter(settings.get(AccessSettings.MESSAGES_PER_MINUTE), kept);
  }

  /**
   * Takes a place for one more connection.
   *
   * @return the limit that it would pass, for a person; nothing if it has a place
   */
  public Optional<String> enter(Caller caller) {
    String address = ClientNetwork.of(caller.remoteAddress());
    if (!ofPrincipals.enter(key(caller))) {
      return Optional.of(
          "At most "
              + settings.get(AccessSettings.CONNECTIONS_PER_PRINCIPAL)
              + " connections for one principal.");
    }
    if (!ofAddresses.enter(address)) {
      ofPrincipals.leave(key(caller));
      return Optional.of(fullAddress());
    }
    return Optional.empty();
  }

  /** Gives the place back that {@link #enter} took. */
  public void leave(Caller caller) {
    ofPrincipals.leave(key(caller));
    ofAddresses.leave(ClientNetwork.of(caller.remoteAddress()));
  }

  /**
   * Why nobody else may connect from there; a look before anything else is asked, {@link #enter}
   * decides.
   */
  public Optional<String> fullness(String remoteAddress) {
    return ofAddresses.isFull(ClientNetwork.of(remoteAddress))
        ? Optional.of(fullAddress())
        : Optional.empty();
  }

  private String fullAddress() {
    return "At most "
        + settings.get(AccessSettings.CONNECTIONS_PER_ADDRESS)
        + " connections from one address.";
  }

  /**
   * Counts a join; says after how many seconds the next one is welcome if this was one too many.
   */
  public OptionalLong join(Caller caller) {
    return joins.take(key(caller));
  }

  /** The same for a message. */
  public OptionalLong message(Caller caller) {
    return messages.take(key(caller));
  }

  private static String key(Caller caller) {
    return caller.tenant() + '\0' + caller.name();
  }
}
