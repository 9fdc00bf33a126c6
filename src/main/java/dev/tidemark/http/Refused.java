package dev.tidemark.http;

import dev.tidemark.wire.JsonText;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;

/** A request is refused, and the caller is told why: a code for a program, words for a person. */
final class Refused extends WebApplicationException {
  private static final long serialVersionUID = 1L;

  Refused(Status status, String code, String message) {
    super(
        message,
        Response.status(status)
            .type(MediaType.APPLICATION_JSON)
            .entity(JsonText.object().text("code", code).text("message", message).end())
            .build());
  }

  /** The same whether there is none or it is somebody else's. */
  static Refused noSuchSession() {
    return new Refused(Status.NOT_FOUND, "no_such_session", "There is no such session.");
  }

  static Refused invalid(String message) {
    return new Refused(Status.BAD_REQUEST, "invalid_request", message);
  }
}
