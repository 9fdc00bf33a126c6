package dev.tidemark.access.revocation;

import dev.tidemark.access.login.BrowserLogins;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

/** Ends the browser logins of revoked callers. */
@ApplicationScoped
class RevokedLogins {
  @Inject BrowserLogins browserLogins;

  void revoked(@Observes Revoked event) {
    browserLogins.end(event::concerns);
  }
}
