package dev.tidemark.access;

import dev.tidemark.config.RetentionSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.session.Access;
import jakarta.enterprise.context.ApplicationScoped;
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
  @Inject Settings settings;
  @Inject SessionAccess access;

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
