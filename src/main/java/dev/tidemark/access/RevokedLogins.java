package dev.tidemark.access;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

/** Ends the browsers' logins of whoever was revoked. */
@ApplicationScoped
class RevokedLogins {
  @Inject Logins logins;

  void revoked(@Observes Revoked event) {
    logins.end(event::concerns);
  }
}
