package dev.tidemark.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.tidemark.access.Role;
import dev.tidemark.access.login.LoginSession;
import dev.tidemark.http.MeResource.LoggedOut;
import dev.tidemark.http.MeResource.Me;
import jakarta.servlet.ServletException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The caller's own roles, and the browser's way out at a logout. */
final class MeResourceTest {
  @Test
  void theRolesComeInOneOrder() {
    MeResource resource = new MeResource();
    resource.current = Requests.by("alice", Role.values()).current;
    assertEquals(
        new Me("alice", List.of("admin", "auditor", "operator", "publisher", "user")),
        resource.me());
  }

  @Test
  void theBrowserIsSentOnOnlyWhereTheProviderHasToBeTold() throws ServletException {
    URI provider = URI.create("https://login.example.org/end");
    assertEquals(new LoggedOut(provider), endingAt(Optional.of(provider)).logout());
    assertNull(endingAt(Optional.empty()).logout());
  }

  private static MeResource endingAt(Optional<URI> provider) {
    MeResource resource = new MeResource();
    resource.login =
        new LoginSession() {
          @Override
          public Optional<URI> end() {
            return provider;
          }
        };
    return resource;
  }
}
