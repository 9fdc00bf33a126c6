package dev.tidemark.access.limit;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemark.access.Authentication;
import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.RequestSettings;
import dev.tidemark.config.Setting;
import dev.tidemark.config.Settings;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The principals and networks that share a quota. */
final class QuotasTest {
  private static final String ONE = "2001:db8:1:2::1";
  private static final String OF_THE_SAME_NETWORK = "2001:db8:1:2:ffff::2";
  private static final String OF_ANOTHER_NETWORK = "2001:db8:1:3::1";

  private final Quotas quotas = limitedToTwo();

  private static Quotas limitedToTwo() {
    Set<String> limits =
        Stream.of(
                AccessSettings.CONNECTIONS_PER_PRINCIPAL,
                AccessSettings.CONNECTIONS_PER_ADDRESS,
                AccessSettings.JOINS_PER_MINUTE,
                AccessSettings.MESSAGES_PER_MINUTE,
                AccessSettings.ABORTS_PER_MINUTE,
                AccessSettings.FRAMES_PER_MINUTE,
                AccessSettings.FAILURES_PER_MINUTE,
                AccessSettings.LOGOUT_FAILURES_PER_MINUTE,
                RequestSettings.BODIES_PER_ADDRESS)
            .map(Setting::key)
            .collect(Collectors.toSet());
    return new Quotas(Settings.of(key -> Optional.of("2").filter(two -> limits.contains(key))));
  }

  @Test
  void refusedLogoutsOfOneNetworkAreCountedTogether() {
    assertCountedByNetwork(quotas::logoutFailed, quotas::checkLogout);
  }

  @Test
  void failedLoginsOfOneNetworkAreCountedTogether() {
    assertCountedByNetwork(quotas::loginFailed, quotas::checkLogin);
  }

  private static void assertCountedByNetwork(Consumer<String> failed, Consumer<String> check) {
    failed.accept(ONE);
    assertDoesNotThrow(() -> check.accept(ONE));
    failed.accept(OF_THE_SAME_NETWORK);
    assertRefused(Quota.FAILURES, () -> check.accept(ONE));
    assertRefused(Quota.FAILURES, () -> check.accept(OF_THE_SAME_NETWORK));
    assertDoesNotThrow(() -> check.accept(OF_ANOTHER_NETWORK));
  }

  @Test
  void failedLoginsAndRefusedLogoutsAreCountedApart() {
    quotas.loginFailed(ONE);
    quotas.loginFailed(ONE);
    assertDoesNotThrow(() -> quotas.checkLogout(ONE));
  }

  @Test
  void connectionsAreCountedByPrincipalAndByNetwork() {
    quotas.requireConnection(caller("alice", "default", ONE));
    quotas.requireConnection(caller("bob", "default", OF_THE_SAME_NETWORK));
    assertRefused(Quota.CONNECTIONS, () -> quotas.checkConnection(ONE));
    Caller alice = caller("alice", "default", ONE);
    assertRefused(Quota.CONNECTIONS, () -> quotas.requireConnection(alice));

    Caller elsewhere = caller("alice", "default", OF_ANOTHER_NETWORK);
    ConnectionPlace place =
        quotas.requireConnection(elsewhere); // the refusal for the full network took no place
    assertRefused(Quota.CONNECTIONS, () -> quotas.requireConnection(elsewhere));
    place.leave();
    place.leave(); // counts once
    assertDoesNotThrow(() -> quotas.requireConnection(elsewhere));
  }

  @Test
  void bodiesOnTheirWayAreCountedByNetwork() {
    quotas.requireBody(ONE);
    quotas.requireBody(OF_THE_SAME_NETWORK);
    assertRefused(Quota.BODIES, () -> quotas.requireBody(ONE));
    assertDoesNotThrow(() -> quotas.requireBody(OF_ANOTHER_NETWORK));
    quotas.bodyDone(OF_THE_SAME_NETWORK);
    assertDoesNotThrow(() -> quotas.requireBody(ONE));
  }

  @Test
  void joinsAndMessagesAreCountedByPrincipalAndTenant() {
    Caller alice = caller("alice", "default", ONE);
    quotas.requireJoin(alice);
    quotas.requireJoin(alice);
    assertRefused(Quota.JOINS, () -> quotas.requireJoin(alice));
    quotas.requireMessage(alice);
    quotas.requireMessage(alice);
    assertRefused(Quota.MESSAGES, () -> quotas.requireMessage(alice));
    Caller namesake = caller("alice", "other", ONE);
    assertDoesNotThrow(() -> quotas.requireJoin(namesake));
    assertDoesNotThrow(() -> quotas.requireMessage(namesake));
  }

  @Test
  void abortsAndFramesAreCountedByPrincipal() {
    Caller alice = caller("alice", "default", ONE);
    for (int i = 0; i < 2; i++) {
      quotas.requireAbort(alice);
      quotas.requireFrame(alice);
    }
    assertRefused(Quota.ABORTS, () -> quotas.requireAbort(alice));
    assertRefused(Quota.FRAMES, () -> quotas.requireFrame(alice));
    Caller bob = caller("bob", "default", ONE);
    assertDoesNotThrow(() -> quotas.requireAbort(bob));
    assertDoesNotThrow(() -> quotas.requireFrame(bob));
  }

  private static void assertRefused(Quota quota, Executable asked) {
    assertEquals(quota, assertThrows(QuotaExceededException.class, asked).quota());
  }

  private static Caller caller(String name, String tenant, String address) {
    return new Caller(
        name, Set.of(Role.USER), tenant, Authentication.LOCAL, address, Optional.empty());
  }
}
