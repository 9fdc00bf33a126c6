package dev.tidemark.access;

import dev.tidemark.config.RetentionSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.session.Access;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Decides who may raise the floor of a session: an administrator of its tenant, and its owner only
 * where the operator allows it for development. Then the server has to listen on this machine
 * alone, and the owner has to be on it.
 */
@ApplicationScoped
public class FloorRight {
  private static final String BIND_ADDRESS = "jboss.bind.address";

  @Inject Settings settings;
  @Inject SessionAccess access;

  /** Refuses the deployment if other machines could use the owner's right. */
  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    requireLoopback(System.getProperty(BIND_ADDRESS, "127.0.0.1"));
  }

  void requireLoopback(String bound) {
    if (settings.get(RetentionSettings.OWNER_RAISES_FLOOR) && !isLoopback(bound)) {
      throw new IllegalArgumentException(
          RetentionSettings.OWNER_RAISES_FLOOR.key()
              + " is for development on one machine, but this server listens on "
              + bound);
    }
  }

  /** Whether the caller may raise the floor of this session, if it exists. */
  public boolean has(Caller caller, String sessionId) {
    return caller.is(Role.ADMIN)
        || (mayAsOwner(caller)
            && access
                .find(caller, sessionId)
                .filter(found -> found.access() == Access.OWNER)
                .isPresent());
  }

  /** Whether the caller may raise the floors of their own sessions. */
  public boolean mayAsOwner(Caller caller) {
    return settings.get(RetentionSettings.OWNER_RAISES_FLOOR)
        && caller.is(Role.USER)
        && isLoopback(caller.remoteAddress());
  }

  private static boolean isLoopback(String address) {
    try {
      return InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
