package dev.tidemark.wire;

import java.util.OptionalLong;

/**
 * Why an HTTP request was refused, or failed: the problem details of RFC 9457. Beside its standard
 * fields there are those that an {@code error} frame has too: {@code code}, {@code message} and
 * {@code retry_after_seconds}.
 *
 * @param status the HTTP status
 * @param code for a program
 * @param message for a person; never with a credential
 * @param retryAfterSeconds when the same may be asked again, if that makes sense
 */
public record Problem(int status, String code, String message, OptionalLong retryAfterSeconds) {
  public static final String MEDIA_TYPE = "application/problem+json";

  /** The problem has no more semantics than its status, of which the title is the phrase then. */
  private static final String TYPE = "about:blank";

  public Problem(int status, String code, String message) {
    this(status, code, message, OptionalLong.empty());
  }

  public Problem(int status, String code, String message, long retryAfterSeconds) {
    this(status, code, message, OptionalLong.of(retryAfterSeconds));
  }

  /** The body of the answer. */
  public String json() {
    return fields().end();
  }

  /** The same, to which fields may be added. */
  public JsonText fields() {
    JsonText json =
        JsonText.object()
            .text("type", TYPE)
            .text("title", title())
            .number("status", status)
            .text("detail", message)
            .text("code", code)
            .text("message", message);
    retryAfterSeconds.ifPresent(seconds -> json.number("retry_after_seconds", seconds));
    return json;
  }

  /** The status phrase, as RFC 9110 and RFC 6585 have it. */
  private String title() {
    return switch (status) {
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 406 -> "Not Acceptable";
      case 409 -> "Conflict";
      case 413 -> "Content Too Large";
      case 415 -> "Unsupported Media Type";
      case 426 -> "Upgrade Required";
      case 429 -> "Too Many Requests";
      case 500 -> "Internal Server Error";
      case 503 -> "Service Unavailable";
      default -> status < 500 ? "Client Error" : "Server Error";
    };
  }
}
