package dev.tidemark.http;

import dev.tidemark.access.record.Refusals;
import dev.tidemark.log.StorageFailure;
import dev.tidemark.wire.JsonText;
import jakarta.inject.Inject;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import org.jboss.logging.Logger;

/**
 * What a caller is told when a request fails: a code, as on the socket, and nothing of what is
 * behind it.
 */
@Provider
public class Failures implements ExceptionMapper<RuntimeException> {
  private static final Logger LOG = Logger.getLogger(Failures.class);
  private static final String RETRY_AFTER_SECONDS = "5";

  @Inject Refusals refusals;

  @Override
  public Response toResponse(RuntimeException failure) {
    if (failure instanceof WebApplicationException refused) {
      Response response = refused.getResponse();
      if (response.getStatusInfo() == Status.FORBIDDEN) {
        refusals.recordRequest(
            Status.FORBIDDEN.getStatusCode(), codeOf(response), messageOf(refused));
      }
      return response.hasEntity()
          ? response
          : answer(response.getStatusInfo(), codeOf(response), messageOf(refused));
    }
    if (StorageFailure.isTransient(failure)) {
      return Response.fromResponse(
              answer(Status.SERVICE_UNAVAILABLE, "unavailable", "The database does not answer."))
          .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
          .build();
    }
    LOG.errorf(failure, "TIDE0601 A REST request failed.");
    return answer(Status.INTERNAL_SERVER_ERROR, "internal", "The gateway failed.");
  }

  /** Ours is for the caller; that of the server, which has found no resource, is not. */
  private static String messageOf(WebApplicationException refused) {
    Response.StatusType status = refused.getResponse().getStatusInfo();
    return status == Status.FORBIDDEN ? refused.getMessage() : status.getReasonPhrase() + ".";
  }

  private static String codeOf(Response response) {
    return switch (response.getStatus()) {
      case 403 -> "not_allowed";
      case 404 -> "not_found";
      default -> "invalid_request";
    };
  }

  static Response answer(Response.StatusType status, String code, String message) {
    return Response.status(status)
        .type(MediaType.APPLICATION_JSON)
        .entity(JsonText.object().text("code", code).text("message", message).end())
        .build();
  }
}
