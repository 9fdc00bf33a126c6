package dev.tidemark.http;

import dev.tidemark.ops.Node;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.ext.Provider;

/**
 * Refuses requests with 503 while the database is known not to be usable, before they wait for it
 * and fail. What needs no database is marked {@link WithoutStorage}.
 */
@Provider
public class StorageFilter implements ContainerRequestFilter {
  @Inject Node node;
  @Context ResourceInfo resource;

  @Override
  public void filter(ContainerRequestContext request) {
    if (needsStorage(resource)) {
      node.storageProblem()
          .ifPresent(
              notReady -> {
                throw ProblemException.unavailable(notReady.message());
              });
    }
  }

  private static boolean needsStorage(ResourceInfo resource) {
    return !resource.getResourceClass().isAnnotationPresent(WithoutStorage.class)
        && !resource.getResourceMethod().isAnnotationPresent(WithoutStorage.class);
  }
}
