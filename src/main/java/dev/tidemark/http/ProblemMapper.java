package dev.tidemark.http;

import dev.tidemark.access.limit.QuotaExceededException;
import dev.tidemark.access.record.Refusals;
import dev.tidemark.log.StorageFailure;
import dev.tidemark.wire.Problem;
import jakarta.inject.Inject;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.ResponseBuilder;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Responds to a refused or failed request with a code, as on the socket, and without internal
 * details. Records requests that the caller may not make, or not so often.
 */
@Provider
public class ProblemMapper implements ExceptionMapper<RuntimeException> {
  private static final Logger LOG = Logger.getLogger(ProblemMapper.class);
  private static final int INTERNAL = Status.INTERNAL_SERVER_ERROR.getStatusCode();
  private static final Set<Integer> RECORDED =
      Set.of(Status.FORBIDDEN.getStatusCode(), QuotaExceededException.STATUS);
  private static final long RETRY_AFTER_SECONDS = 5;

  @Inject Refusals refusals;

  @Override
  public Response toResponse(RuntimeException failure) {
    Problem problem = problem(failure);
    if (RECORDED.contains(problem.status())) {
      refusals.recordRequest(problem);
    }
    if (problem.status() == INTERNAL) {
      LOG.errorf(failure, "TIDE0601 A REST request failed.");
    }
    return response(
        failure instanceof WebApplicationException server
            ? Response.fromResponse(server.getResponse()) // with its headers, as Allow
            : Response.status(problem.status()),
        problem,
        problem.json());
  }

  static Problem problem(RuntimeException failure) {
    if (failure instanceof ProblemException refused) {
      return refused.problem();
    }
    if (failure instanceof QuotaExceededException exceeded) {
      return exceeded.problem();
    }
    if (failure instanceof WebApplicationException server) {
      return ofServer(server.getResponse().getStatusInfo());
    }
    return StorageFailure.isTransient(failure)
        ? new Problem(
            Status.SERVICE_UNAVAILABLE.getStatusCode(),
            "unavailable",
            "The database does not answer.",
            RETRY_AFTER_SECONDS)
        : new Problem(INTERNAL, "internal", "The gateway failed.");
  }

  /** The problem for an exception of the server, whose own words are not for the caller. */
  static Problem ofServer(Response.StatusType status) {
    String code =
        switch (status.getStatusCode()) {
          case 403 -> "not_allowed";
          case 404 -> "not_found";
          default -> status.getStatusCode() < INTERNAL ? "invalid_request" : "internal";
        };
    return new Problem(status.getStatusCode(), code, status.getReasonPhrase() + ".");
  }

  /**
   * The response for a problem.
   *
   * @param json its fields, and perhaps others
   */
  static Response response(ResponseBuilder response, Problem problem, String json) {
    problem
        .retryAfterSeconds()
        .ifPresent(seconds -> response.header(HttpHeaders.RETRY_AFTER, seconds));
    return response.type(Problem.MEDIA_TYPE).entity(json).build();
  }
}
