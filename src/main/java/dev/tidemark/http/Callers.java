package dev.tidemark.http;

import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.caller.CurrentCaller;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.ForbiddenException;

/** Who calls, if they are what an operation is for. */
@RequestScoped
public class Callers {
  @Inject CurrentCaller current;

  /**
   * @throws ForbiddenException if the caller has not this role
   */
  Caller require(Role role) {
    Caller caller = current.get();
    if (!caller.is(role)) {
      throw new ForbiddenException("This is for the role '" + role.text() + "'.");
    }
    return caller;
  }
}
