package dev.tidemark.http;

import dev.tidemark.access.Caller;
import dev.tidemark.access.CurrentCaller;
import dev.tidemark.access.Role;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.ForbiddenException;

/** Lets administrators through and nobody else. */
@ApplicationScoped
public class Administrators {
  @Inject CurrentCaller current;

  /**
   * The caller, who is an administrator.
   *
   * @param what is for administrators, for the answer
   * @throws ForbiddenException if the caller is none
   */
  Caller require(String what) {
    Caller caller = current.get();
    if (!caller.is(Role.ADMIN)) {
      throw new ForbiddenException(what + " is for the role 'admin'.");
    }
    return caller;
  }
}
