package dev.tidemark.access.gate;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.undertow.io.AsyncReceiverImpl;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.form.FormData;
import io.undertow.util.Headers;
import java.io.ByteArrayOutputStream;
import java.net.URLDecoder;
import java.util.Locale;

/**
 * A form of the type {@code application/x-www-form-urlencoded}, in UTF-8. The server's own parser
 * would write what it cannot decode to its log, and that may be a password.
 */
final class UrlEncodedForm {
  static final String TYPE = "application/x-www-form-urlencoded";
  private static final int MAX_FIELDS = 100;

  private UrlEncodedForm() {}

  /** Whether the request says that it brings one. */
  static boolean isIn(HttpServerExchange exchange) {
    String type = exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE);
    return type != null && type.split(";", -1)[0].strip().toLowerCase(Locale.ROOT).equals(TYPE);
  }

  /**
   * Reads the body, which is complete.
   *
   * @throws RuntimeException if it is no such form
   */
  static FormData read(HttpServerExchange exchange) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    new AsyncReceiverImpl(exchange).receiveFullBytes((same, bytes) -> body.writeBytes(bytes));
    FormData form = new FormData(MAX_FIELDS);
    for (String field : body.toString(UTF_8).split("&", -1)) {
      int name = field.indexOf('=');
      if (name >= 0) {
        form.add(decode(field.substring(0, name)), decode(field.substring(name + 1)));
      }
    }
    return form;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, UTF_8);
  }
}
