package dev.tidemark.access.gate;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The headers of a REST request that the server's library for REST looks at. It keeps what it has
 * parsed, some of it for good, each spelling anew, whoever sent it. So each header is given one of
 * a few values.
 */
final class ApiHeaders {
  /** Characters of a header, in all its lines; far more than browsers send. */
  static final int LONGEST = 512;

  private static final HttpString CONTENT_LANGUAGE = new HttpString("Content-Language");
  static final String JSON = "application/json";

  /** Stands for all that REST neither takes nor gives. */
  private static final String OTHER = "application/x-other";

  private static final Pattern TYPE = Pattern.compile("[^\\s/,;]+/[^\\s/,;]+");

  private ApiHeaders() {}

  /**
   * Simplifies the headers.
   *
   * @throws IllegalArgumentException with a text for the caller, if one cannot be parsed
   */
  static void simplify(HeaderMap headers) {
    var unused = headers.remove(Headers.ACCEPT_LANGUAGE);
    unused = headers.remove(CONTENT_LANGUAGE);
    HeaderValues sent = headers.get(Headers.CONTENT_TYPE);
    if (sent != null) {
      headers.put(Headers.CONTENT_TYPE, contentType(whole(sent)));
    }
    HeaderValues accepted = headers.get(Headers.ACCEPT);
    if (accepted != null) {
      headers.put(Headers.ACCEPT, AcceptHeader.allowsJson(whole(accepted)) ? JSON : OTHER);
    }
  }

  private static String whole(HeaderValues lines) {
    String whole = String.join(",", lines);
    if (whole.length() > LONGEST) {
      throw unreadable(lines.getHeaderName());
    }
    return whole;
  }

  private static IllegalArgumentException unreadable(HttpString name) {
    return new IllegalArgumentException("The header " + name + " cannot be parsed.");
  }

  /** A media type or range without its parameters, in small letters. */
  static String typeOf(String text) {
    return text.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  private static String contentType(String text) {
    String type = typeOf(text);
    if (!TYPE.matcher(type).matches()) {
      throw unreadable(Headers.CONTENT_TYPE);
    }
    return type.equals(JSON) || type.equals(UrlEncodedForm.TYPE) ? type : OTHER;
  }
}
