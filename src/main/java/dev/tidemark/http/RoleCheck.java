package dev.tidemark.http;

import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.caller.CurrentCaller;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;

/** Lets only callers with the required role pass. */
@RequestScoped
public class RoleCheck {
  @Inject CurrentCaller current;

  /**
   * The caller of this request.
   *
   * @throws ProblemException if the caller does not have this role
   */
  Caller require(Role role) {
    Caller caller = current.get();
    if (!caller.is(role)) {
      throw refusal(role);
    }
    return caller;
  }

  /** The refusal of a caller without the required role. */
  static ProblemException refusal(Role role) {
    return ProblemException.notAllowed("This is for the role '" + role.text() + "'.");
  }
}
