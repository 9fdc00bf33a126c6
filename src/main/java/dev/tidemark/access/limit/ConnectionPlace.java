package dev.tidemark.access.limit;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The place of a connection among those of its principal and of its network. The names by which it
 * is counted are kept, so that giving it back wants no memory.
 */
public final class ConnectionPlace {
  private final ConcurrencyLimit ofPrincipals;
  private final String principal;
  private final ConcurrencyLimit ofNetworks;
  private final String network;
  private final AtomicBoolean isLeft = new AtomicBoolean();

  private ConnectionPlace(
      ConcurrencyLimit ofPrincipals,
      String principal,
      ConcurrencyLimit ofNetworks,
      String network) {
    this.ofPrincipals = ofPrincipals;
    this.principal = principal;
    this.ofNetworks = ofNetworks;
    this.network = network;
  }

  /**
   * Takes a place.
   *
   * @throws QuotaExceededException if one of the two has too many; then none is taken
   */
  static ConnectionPlace take(
      ConcurrencyLimit ofPrincipals,
      String principal,
      ConcurrencyLimit ofNetworks,
      String network) {
    ConnectionPlace place = new ConnectionPlace(ofPrincipals, principal, ofNetworks, network);
    ofPrincipals.enter(principal);
    try {
      ofNetworks.enter(network);
    } catch (RuntimeException | Error e) {
      ofPrincipals.leave(principal);
      throw e;
    }
    return place;
  }

  /** Gives the place back; once, however often it is called. */
  public void leave() {
    if (isLeft.compareAndSet(false, true)) {
      try {
        ofPrincipals.leave(principal);
      } finally {
        ofNetworks.leave(network);
      }
    }
  }
}
