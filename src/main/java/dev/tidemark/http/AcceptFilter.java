package dev.tidemark.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.Provider;

/**
 * Refuses a header {@code Accept} that cannot be parsed with 400. The server parses its weights
 * only when it looks for the method, and takes a wrong one for a failure of its own.
 */
@Provider
@PreMatching
public class AcceptFilter implements ContainerRequestFilter {
  private static final String WEIGHT = "q";

  @Override
  public void filter(ContainerRequestContext request) {
    try {
      for (MediaType type : request.getAcceptableMediaTypes()) {
        requireWeight(type.getParameters().getOrDefault(WEIGHT, "1"));
      }
    } catch (IllegalArgumentException e) {
      throw ProblemException.invalid("The header Accept cannot be parsed.");
    }
  }

  private static void requireWeight(String weight) {
    if (!(Float.parseFloat(weight) <= 1)) {
      throw new IllegalArgumentException(weight);
    }
  }
}
