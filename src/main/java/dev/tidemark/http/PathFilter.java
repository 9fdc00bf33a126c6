package dev.tidemark.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;

/**
 * Refuses a path that contains U+0000 with 400. PostgreSQL stores no such text, so no session and
 * no principal has such a name, and a query for one would fail.
 */
@Provider
public class PathFilter implements ContainerRequestFilter {
  @Override
  public void filter(ContainerRequestContext request) {
    if (request.getUriInfo().getPath(true).indexOf('\0') >= 0) {
      throw ProblemException.invalid("A path may not contain U+0000.");
    }
  }
}
