package dev.tidemark.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.ext.Provider;

/**
 * Refuses a header {@code Accept} that cannot be parsed with 400. The server parses it only when it
 * looks for the method, and takes the exception for a failure of its own.
 */
@Provider
@PreMatching
public class AcceptFilter implements ContainerRequestFilter {
  @Override
  public void filter(ContainerRequestContext request) {
    try {
      var unused = request.getAcceptableMediaTypes();
    } catch (RuntimeException e) {
      throw ProblemException.invalid("The header Accept cannot be parsed.");
    }
  }
}
