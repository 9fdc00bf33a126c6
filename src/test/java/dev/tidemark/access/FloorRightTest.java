package dev.tidemark.access;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.config.RetentionSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.session.Access;
import dev.tidemark.session.AccessibleSession;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The right to raise a session's floor, by role, session and address. */
final class FloorRightTest {
  private static final String KEY = RetentionSettings.OWNER_RAISES_FLOOR.key();

  @Test
  void anOwnerMayOnlyWhereItIsAllowed() {
    assertFalse(right(Map.of()).mayAsOwner(caller(Role.USER, "127.0.0.1")));
    assertTrue(right(Map.of(KEY, "true")).mayAsOwner(caller(Role.USER, "127.0.0.1")));
    assertTrue(right(Map.of(KEY, "true")).mayAsOwner(caller(Role.USER, "::1")));
    assertFalse(right(Map.of(KEY, "true")).mayAsOwner(caller(Role.PUBLISHER, "127.0.0.1")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.1", "10.0.0.1", "2001:db8::1", "::ffff:192.0.2.1"})
  void anOwnerOnAnotherMachineMayNot(String address) {
    assertFalse(right(Map.of(KEY, "true")).mayAsOwner(caller(Role.USER, address)));
  }

  @Test
  void anAdministratorNeedsNoSessionAndNoSetting() {
    assertTrue(right(Map.of()).has(caller(Role.ADMIN, "192.0.2.1"), "none"));
  }

  @Test
  void anOwnerMayRaiseTheFloorOfTheirOwnSessionOnly() {
    FloorRight right = right(Map.of(KEY, "true"));
    assertTrue(right.has(caller(Role.USER, "127.0.0.1"), "owner"));
    assertFalse(right.has(caller(Role.USER, "127.0.0.1"), "write"));
    assertFalse(right.has(caller(Role.USER, "127.0.0.1"), "none"));
    assertFalse(right.has(caller(Role.USER, "192.0.2.1"), "owner"));
    assertFalse(right(Map.of()).has(caller(Role.USER, "127.0.0.1"), "owner"));
  }

  /** Makes a right over two sessions, each named after the caller's access to it. */
  private static FloorRight right(Map<String, String> values) {
    FloorRight right = new FloorRight();
    right.settings = Settings.of(key -> Optional.ofNullable(values.get(key)));
    right.access =
        new SessionAccess() {
          @Override
          public Optional<AccessibleSession> find(Caller caller, String sessionId) {
            return Stream.of(Access.OWNER, Access.WRITE)
                .filter(access -> access.text().equals(sessionId))
                .findFirst()
                .map(access -> new AccessibleSession(null, access, null));
          }
        };
    return right;
  }

  private static Caller caller(Role role, String remoteAddress) {
    return new Caller(
        "alice",
        Set.of(role),
        Caller.DEFAULT_TENANT,
        Authentication.LOCAL,
        remoteAddress,
        Optional.empty());
  }
}
