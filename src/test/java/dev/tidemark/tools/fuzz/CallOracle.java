package dev.tidemark.tools.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the gateway may answer to one call, however hostile: something, no status of the server's
 * own failure but 503, and nothing of its inside.
 */
final class CallOracle {
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3}).*");
  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");
  private static final Pattern INSIDE =
      Pattern.compile(
          "Exception|\\sat [a-z]+\\.[a-z.]+[A-Z]|org\\.jboss|io\\.undertow|dev\\.tidemark");
  private static final String END_OF_HEAD = "\r\n\r\n";

  private final String method;

  CallOracle(String method) {
    this.method = method;
  }

  /** Whether this is a whole response; a server that closes ends one without a length. */
  boolean isWhole(byte[] response) {
    String text = withoutContinue(response);
    int end = text.indexOf(END_OF_HEAD);
    if (end < 0) {
      return false;
    }
    String head = text.substring(0, end);
    if (method.equals("HEAD") || head.matches("(?s)HTTP/1\\.[01] (204|304).*")) {
      return true;
    }
    if (head.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked")) {
      return text.endsWith("0\r\n\r\n");
    }
    Matcher length = LENGTH.matcher(head);
    return length.find()
        && text.length() - end - END_OF_HEAD.length() >= Integer.parseInt(length.group(1));
  }

  /** The status of a response; empty if there is none. */
  Optional<Integer> status(byte[] response) {
    Matcher status = STATUS.matcher(withoutContinue(response).lines().findFirst().orElse(""));
    return status.matches() ? Optional.of(Integer.parseInt(status.group(1))) : Optional.empty();
  }

  /** Judges a response. */
  void judge(HostileCall call, byte[] response) {
    String text = withoutContinue(response);
    int status =
        status(response).orElseThrow(() -> new AssertionError("no HTTP: " + text + " to " + call));
    if (status >= 500 && status != 503) {
      throw new AssertionError(status + " " + body(text) + " to " + call);
    }
    if (status >= 400 && INSIDE.matcher(text).find()) {
      throw new AssertionError("the inside of the server: " + body(text) + " to " + call);
    }
  }

  private static String body(String text) {
    return text.substring(text.indexOf(END_OF_HEAD) + END_OF_HEAD.length());
  }

  private static String withoutContinue(byte[] response) {
    String text = new String(response, ISO_8859_1);
    return text.startsWith("HTTP/1.1 100") && text.contains(END_OF_HEAD)
        ? text.substring(text.indexOf(END_OF_HEAD) + END_OF_HEAD.length())
        : text;
  }
}
