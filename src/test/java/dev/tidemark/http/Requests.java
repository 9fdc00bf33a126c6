package dev.tidemark.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemark.access.Authentication;
import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.caller.CurrentCaller;
import dev.tidemark.config.Settings;
import dev.tidemark.wire.Problem;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.function.Executable;

/** Requests to a resource without a container. */
final class Requests {
  static final String TENANT = "acme";

  /** The request reached the room behind. Only a container could make the response. */
  static final class ReachedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private Requests() {}

  static Caller caller(String name, Role... roles) {
    return new Caller(
        name, Set.of(roles), TENANT, Authentication.LOCAL, "192.0.2.1", Optional.empty());
  }

  /** Makes a role check whose caller has this name and these roles and has passed the gate. */
  static RoleCheck by(String name, Role... roles) {
    CurrentCaller current = new CurrentCaller();
    current.set(caller(name, roles));
    RoleCheck roleCheck = new RoleCheck();
    roleCheck.current = current;
    return roleCheck;
  }

  static Settings settings(String key, String value) {
    return Settings.of(asked -> Optional.ofNullable(Map.of(key, value).get(asked)));
  }

  static InputStream body(String text) {
    return new ByteArrayInputStream(text.getBytes(UTF_8));
  }

  static void assertRefused(int status, String code, Executable request) {
    Problem problem = assertThrows(ProblemException.class, request).problem();
    assertEquals(status + " " + code, problem.status() + " " + problem.code(), problem.message());
  }

  /** Asserts that the request reached the room behind. */
  static void assertReached(Executable request) {
    assertThrows(ReachedException.class, request);
  }
}
