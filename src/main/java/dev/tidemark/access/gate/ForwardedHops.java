package dev.tidemark.access.gate;

import dev.tidemark.config.IpAddress;
import dev.tidemark.config.ProxyHeaders;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.HttpString;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads what proxies say in a request's headers of the hops before them, the farthest first: each
 * proxy adds its own at the end. A client may send anything there, so nothing here fails.
 */
final class ForwardedHops {
  private static final HttpString FORWARDED = new HttpString("Forwarded");
  private static final HttpString FOR = new HttpString("X-Forwarded-For");
  private static final HttpString PROTO = new HttpString("X-Forwarded-Proto");
  private static final HttpString HOST = new HttpString("X-Forwarded-Host");

  /** An address, in brackets or not, with or without a port, which RFC 7239 lets a proxy hide. */
  private static final Pattern NODE =
      Pattern.compile("\\[([^\\]]*)](:[\\w.-]+)?|([0-9.]+)(:[\\w.-]+)?|(.*:.*:.*)");

  private static final Pattern QUOTED = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern COMMA = separator(',');
  private static final Pattern SEMICOLON = separator(';');

  private ForwardedHops() {}

  /**
   * What a proxy says of the hop before it.
   *
   * @param address empty if the proxy hides it, or it is none
   * @param scheme {@code http} or {@code https}
   * @param host with a port if it is another than the scheme's
   */
  record Hop(Optional<InetAddress> address, Optional<String> scheme, Optional<String> host) {
    private static final Pattern HOST_AND_PORT =
        Pattern.compile("([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}])(:\\d{1,5})?");

    static Hop of(Optional<String> node, Optional<String> proto, Optional<String> host) {
      return new Hop(
          node.flatMap(ForwardedHops::address),
          proto
              .map(scheme -> scheme.toLowerCase(Locale.ROOT))
              .filter(scheme -> scheme.equals("http") || scheme.equals("https")),
          host.filter(name -> HOST_AND_PORT.matcher(name).matches()));
    }
  }

  /** The hops, the farthest from this server first. Only the headers of this kind are read. */
  static List<Hop> in(HeaderMap headers, ProxyHeaders kind) {
    return kind == ProxyHeaders.FORWARDED ? forwarded(headers) : xForwarded(headers);
  }

  private static List<Hop> xForwarded(HeaderMap headers) {
    List<String> nodes = elements(headers.get(FOR));
    List<String> protos = elements(headers.get(PROTO));
    List<String> hosts = elements(headers.get(HOST));
    int count = nodes.isEmpty() && !(protos.isEmpty() && hosts.isEmpty()) ? 1 : nodes.size();
    List<Hop> hops = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      hops.add(
          Hop.of(
              nodes.isEmpty() ? Optional.empty() : Optional.of(nodes.get(i)),
              about(i, count, protos),
              about(i, count, hosts)));
    }
    return hops;
  }

  /** A list as long as that of the addresses is about the same hops; else the nearest proxy's. */
  private static Optional<String> about(int hop, int hops, List<String> said) {
    return said.isEmpty()
        ? Optional.empty()
        : Optional.of(said.get(said.size() == hops ? hop : said.size() - 1));
  }

  private static List<String> elements(HeaderValues lines) {
    return lines == null
        ? List.of()
        : lines.stream()
            .flatMap(line -> Stream.of(line.split(",", -1)))
            .map(String::strip)
            .filter(element -> !element.isEmpty())
            .toList();
  }

  private static List<Hop> forwarded(HeaderMap headers) {
    HeaderValues lines = headers.get(FORWARDED);
    return lines == null
        ? List.of()
        : lines.stream()
            .flatMap(line -> split(line, COMMA, ","))
            .map(String::strip)
            .filter(element -> !element.isEmpty())
            .map(ForwardedHops::hop)
            .toList();
  }

  private static Hop hop(String element) {
    List<String> pairs = split(element, SEMICOLON, ";").map(String::strip).toList();
    return Hop.of(value(pairs, "for="), value(pairs, "proto="), value(pairs, "host="));
  }

  private static Optional<String> value(List<String> pairs, String name) {
    return pairs.stream()
        .filter(pair -> pair.regionMatches(true, 0, name, 0, name.length()))
        .map(pair -> unquoted(pair.substring(name.length())))
        .findFirst();
  }

  private static String unquoted(String value) {
    Matcher quoted = QUOTED.matcher(value);
    return quoted.matches() ? quoted.group(1).replaceAll("\\\\(.)", "$1") : value;
  }

  /** A separator with complete quoted strings, and none begun, between it and the end. */
  private static Pattern separator(char sign) {
    return Pattern.compile("[^" + sign + "\"]*+(?:\"(?:[^\"\\\\]|\\\\.)*+\"[^" + sign + "\"]*+)*+");
  }

  /**
   * Splits a line, but not in quoted strings. If a quote is not closed, at every separator: what a
   * client has begun must not take in what a proxy has added.
   */
  private static Stream<String> split(String line, Pattern element, String sign) {
    List<String> parts = new ArrayList<>();
    Matcher matcher = element.matcher(line);
    int at = 0;
    while (at <= line.length()) {
      matcher.region(at, line.length());
      if (!matcher.lookingAt()
          || (matcher.end() < line.length() && line.charAt(matcher.end()) != sign.charAt(0))) {
        return Stream.of(line.split(sign, -1));
      }
      parts.add(line.substring(at, matcher.end()));
      at = matcher.end() + 1;
    }
    return parts.stream();
  }

  private static Optional<InetAddress> address(String node) {
    Matcher matcher = NODE.matcher(node);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    return Stream.of(1, 3, 5)
        .map(matcher::group)
        .filter(text -> text != null)
        .findFirst()
        .flatMap(IpAddress::parse);
  }
}
