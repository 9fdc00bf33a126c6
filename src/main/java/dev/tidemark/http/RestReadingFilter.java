package dev.tidemark.http;

import dev.tidemark.access.Caller;
import dev.tidemark.access.caller.CurrentCaller;
import dev.tidemark.access.record.AccessRecorder;
import dev.tidemark.access.record.RestReading;
import jakarta.inject.Inject;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.Provider;
import java.lang.reflect.AnnotatedElement;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Records each granted read before its response is sent, also if the client then goes away. */
@Provider
public class RestReadingFilter implements ContainerResponseFilter {
  private static final Pattern OUTER_SLASHES = Pattern.compile("^/|/$");

  @Inject CurrentCaller current;
  @Inject AccessRecorder recorder;
  @Context ResourceInfo resource;
  @Context UriInfo uri;

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    Optional<Caller> caller = current.known();
    if (caller.isPresent()
        && request.getMethod().equals(HttpMethod.GET)
        && response.getStatus() == Status.OK.getStatusCode()
        && resource.getResourceMethod() != null) {
      recorder.record(
          RestReading.of(
              caller.get(),
              path(),
              Optional.ofNullable(uri.getPathParameters().getFirst("session_id"))));
    }
  }

  /** The path as the resource declares it, with the names of its parameters. */
  private String path() {
    return Stream.<AnnotatedElement>of(resource.getResourceClass(), resource.getResourceMethod())
        .map(declared -> declared.getAnnotation(Path.class))
        .filter(declared -> declared != null)
        .map(declared -> OUTER_SLASHES.matcher(declared.value()).replaceAll(""))
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining("/", "/", ""));
  }
}
