package dev.tidemark.wire;

import java.util.OptionalLong;

/**
 * The problem details, by RFC 9457, of an HTTP request that was refused or failed. Beside the
 * standard fields there are those of an {@code error} frame: {@code code}, {@code message} and
 * {@code retry_after_seconds}.
 *
 * @param status the HTTP status
 * @param code the code for a program
 * @param message the text for a person, never with a credential
 * @param retryAfterSeconds the time until a retry makes sense, in seconds; empty if it makes none
 */
public record Problem(int status, String code, String message, OptionalLong retryAfterSeconds) {
  public static final String MEDIA_TYPE = "application/problem+json";

  /** The problem means no more than its status, whose phrase is then the title. */
  private static final String TYPE = "about:blank";

  public Problem(int status, String code, String message) {
    this(status, code, message, OptionalLong.empty());
  }

  public Problem(int status, String code, String message, long retryAfterSeconds) {
    this(status, code, message, OptionalLong.of(retryAfterSeconds));
  }

  /** The body of the response. */
  public String json() {
    return fields().end();
  }

  /** The body as an object to which fields may be added. */
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

  /** The status phrase, as in RFC 9110 and RFC 6585. */
  private String title() {
    return switch (status) {
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 406 -> "Not Acceptable";
      case 408 -> "Request Timeout";
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
