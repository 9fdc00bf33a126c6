package dev.tidemark.http;

import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.caller.CurrentCaller;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import java.util.stream.Collectors;
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
      throw refusal(roles);
    }
    return caller;
  }

  /** The refusal of a caller who has none of these roles. */
  static ProblemException refusal(Role... roles) {
    return ProblemException.notAllowed(
        Stream.of(roles)
            .map(role -> "'" + role.text() + "'")
            .collect(Collectors.joining(" or ", "This is for the role ", ".")));
  }
}
