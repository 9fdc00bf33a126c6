package dev.tidemark.testing.container;

import dev.tidemark.access.Caller;
import dev.tidemark.access.SessionAccess;
import dev.tidemark.session.Access;
import dev.tidemark.session.Session;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;

/** Takes the first wall away: in an archive, it lets every caller into every session. */
@Alternative
@Priority(1)
@ApplicationScoped
public class EverybodyIn extends SessionAccess {
  @Override
  public boolean mayEnter(Caller caller, Session session, Access access) {
    return true;
  }
}
