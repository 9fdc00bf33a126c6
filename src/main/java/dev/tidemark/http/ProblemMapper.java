package dev.tidemark.http;

import dev.tidemark.access.limit.QuotaExceededException;
import dev.tidemark.access.record.Refusals;
import dev.tidemark.log.StorageFailure;
import dev.tidemark.log.StorageWatch;
import dev.tidemark.wire.Problem;
import jakarta.inject.Inject;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.ResponseBuilder;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import org.jboss.logging.Logger;

/**
 * Responds to a refused or failed request with a code, as on the socket, and without internal
 * details. Records every refusal.
 */
@Provider
public class ProblemMapper implements ExceptionMapper<RuntimeException> {
  private static final Logger LOG = Logger.getLogger(ProblemMapper.class);
  private static final int INTERNAL = Status.INTERNAL_SERVER_ERROR.getStatusCode();

  @Inject Refusals refusals;
  @Inject StorageWatch storageWatch;

  @Override
  public Response toResponse(RuntimeException failure) {
    Problem problem = orUnavailable(problem(failure), failure);
    if (problem.status() == INTERNAL) {
      LOG.errorf(failure, "TIDE0601 A REST request failed.");
    } else {
      refusals.recordRequest(problem);
    }
    return response(
        failure instanceof WebApplicationException server
            ? Response.fromResponse(server.getResponse()) // with its headers, as Allow
            : Response.status(problem.status()),
        problem,
        problem.json());
  }

  /**
   * A statement that failed is no defect where the database is not usable; the periodic look may
   * not have found that yet. The watch logs the reason, once for all requests.
   */
  Problem orUnavailable(Problem problem, RuntimeException failure) {
    return problem.status() == INTERNAL && StorageFailure.isOfDatabase(failure)
        ? storageWatch
            .look()
            .map(notReady -> ProblemException.unavailable(notReady.message()).problem())
            .orElse(problem)
        : problem;
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
        ? ProblemException.unavailable("The database does not answer.").problem()
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
