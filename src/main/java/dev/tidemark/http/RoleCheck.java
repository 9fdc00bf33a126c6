package dev.tidemark.http;

import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.caller.CurrentCaller;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import java.util.stream.Stream;

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
    return requireAny(role);
  }

  /**
   * The caller of this request.
   *
   * @throws ProblemException if the caller has none of these roles
   */
  Caller requireAny(Role... roles) {
    Caller caller = current.get();
    if (Stream.of(roles).noneMatch(caller::is)) {
      throw refusal(roles[0]);
    }
    return caller;
  }

  /** The refusal of a caller without the required role. */
  static ProblemException refusal(Role role) {
    return ProblemException.notAllowed("This is for the role '" + role.text() + "'.");
  }
}
