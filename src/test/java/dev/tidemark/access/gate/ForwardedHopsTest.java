package dev.tidemark.access.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.IpAddress;
import dev.tidemark.config.ProxyHeaders;
import dev.tidemark.config.Settings;
import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The client behind trusted proxies, whatever it claims itself. */
final class ForwardedHopsTest {
  private static final String FORGED = "203.0.113.9";
  private static final String CLIENT = "198.51.100.7";

  @Test
  void theAddressComesFromTheRightAndNotFromTheClient() {
    assertClient(CLIENT, "10.0.0.0/8", "10.0.0.5", FORGED + ", " + CLIENT);
    assertClient(CLIENT, "1", "10.0.0.5", FORGED + ", " + CLIENT);
    assertClient(CLIENT, "10.0.0.0/8", "10.0.0.5", FORGED + ", " + CLIENT + ", 10.0.0.6");
    assertClient(CLIENT, "2", "10.0.0.5", FORGED + ", " + CLIENT + ", 192.0.2.1");
    assertClient("192.0.2.1", "1", "10.0.0.5", FORGED + ", " + CLIENT + ", 192.0.2.1");
    assertClient(CLIENT, "10.0.0.5", "10.0.0.5", FORGED, CLIENT); // two lines
  }

  @Test
  void whoIsNoTrustedProxySpeaksForNobody() {
    assertClient(CLIENT, "10.0.0.0/8", CLIENT, FORGED);
    assertClient("192.0.2.1", "10.0.0.5,10.0.0.6", "10.0.0.5", FORGED + ", 192.0.2.1");
  }

  @Test
  void aProxyThatNamesNobodyStandsForItsClient() {
    assertClient("10.0.0.5", "10.0.0.0/8", "10.0.0.5");
    for (String none :
        new String[] {
          "unknown", "_hidden", "localhost", "300.1.1.1", "1.2.3", "x", "::zz", "[::1"
        }) {
      assertClient("10.0.0.5", "10.0.0.0/8", "10.0.0.5", FORGED + ", " + none);
      assertClient("10.0.0.6", "10.0.0.0/8", "10.0.0.5", FORGED + ", " + none + ", 10.0.0.6");
    }
  }

  @Test
  void anAddressMayBeOfEitherKindWithAPortOrWithout() {
    for (String said : new String[] {"2001:db8::7", "[2001:db8::7]", "[2001:db8::7]:4711"}) {
      assertClient("2001:db8::7", "fd00::/8", "fd00::5", FORGED + ", " + said);
    }
    assertClient(CLIENT, "10.0.0.5", "10.0.0.5", FORGED + "," + CLIENT + ":4711");
    assertClient(CLIENT, "10.0.0.5", "10.0.0.5", FORGED + ",::ffff:" + CLIENT);
    assertClient(CLIENT, "10.0.0.5", "::ffff:10.0.0.5", FORGED + ", ," + CLIENT + ",");
    assertClient("10.0.0.5", "fd00::/8", "10.0.0.5", CLIENT);
  }

  @Test
  void schemeAndHostAreWhatTheTrustedProxySays() {
    HeaderMap headers = new HeaderMap();
    headers.add(new HttpString("X-Forwarded-For"), FORGED + ", " + CLIENT);
    headers.add(new HttpString("X-Forwarded-Proto"), "https");
    headers.add(new HttpString("X-Forwarded-Host"), "evil.example, gateway.example.com");
    assertSaid("https gateway.example.com", "10.0.0.5", headers, ProxyHeaders.X_FORWARDED);
    assertSaid("- -", "10.0.0.5", headers, ProxyHeaders.FORWARDED);
    HeaderMap bare = new HeaderMap();
    bare.add(new HttpString("X-Forwarded-Proto"), "HTTPS");
    bare.add(new HttpString("X-Forwarded-Host"), "a b");
    assertSaid("https -", "10.0.0.5", bare, ProxyHeaders.X_FORWARDED);
    bare.put(new HttpString("X-Forwarded-Proto"), "gopher");
    assertSaid("- -", "10.0.0.5", bare, ProxyHeaders.X_FORWARDED);
  }

  @Test
  void forwardedIsReadAsRfc7239WritesIt() {
    assertForwarded(
        CLIENT,
        "https gateway.example.com:8443",
        "for="
            + FORGED
            + ";host=evil.example, For=\""
            + CLIENT
            + ":4711\";Proto=https;by=10.0.0.5;host=\"gateway.example.com:8443\"");
    assertForwarded("2001:db8::7", "- -", "for=" + FORGED, "for=\"[2001:db8::7]:_x\"");
    assertForwarded("10.0.0.5", "https -", "for=" + FORGED + ", for=unknown;proto=https");
    assertForwarded("10.0.0.5", "- -", "for=" + FORGED + ", for=_gazonk");
    assertForwarded("10.0.0.5", "- -", "for=" + FORGED + ", by=10.0.0.5");
  }

  /** What a client begins must not take in what the proxy adds. */
  @Test
  void anOpenQuoteOfTheClientHidesNothing() {
    for (String begun : new String[] {"for=\"x", "for=\"a\\\"", "\"", "for=\"a\"b\"", "a=\"\\"}) {
      assertForwarded(CLIENT, "- -", begun + ", for=" + CLIENT);
      assertForwarded("2001:db8::7", "- -", begun + ", for=\"[2001:db8::7]\"");
    }
  }

  private static void assertClient(String client, String trusted, String peer, String... lines) {
    HeaderMap headers = new HeaderMap();
    for (String line : lines) {
      headers.add(new HttpString("X-Forwarded-For"), line);
    }
    assertEquals(
        IpAddress.parse(client).orElseThrow(),
        client(trusted, peer, headers, ProxyHeaders.X_FORWARDED).address(),
        () -> peer + ": " + String.join(" | ", lines));
  }

  private static void assertForwarded(String client, String said, String... lines) {
    HeaderMap headers = new HeaderMap();
    for (String line : lines) {
      headers.add(new HttpString("Forwarded"), line);
    }
    assertEquals(
        IpAddress.parse(client).orElseThrow(),
        client("10.0.0.5", "10.0.0.5", headers, ProxyHeaders.FORWARDED).address(),
        () -> String.join(" | ", lines));
    assertSaid(said, "10.0.0.5", headers, ProxyHeaders.FORWARDED);
  }

  private static void assertSaid(String said, String peer, HeaderMap headers, ProxyHeaders kind) {
    Optional<ForwardedHops.Hop> hop = client("10.0.0.5", peer, headers, kind).said();
    assertEquals(
        said,
        hop.flatMap(ForwardedHops.Hop::scheme).orElse("-")
            + " "
            + hop.flatMap(ForwardedHops.Hop::host).orElse("-"));
  }

  private static ClientAddressHandler.Client client(
      String trusted, String peer, HeaderMap headers, ProxyHeaders kind) {
    Settings settings =
        Settings.of(
            key ->
                key.equals(AccessSettings.TRUSTED_PROXIES.key())
                    ? Optional.of(trusted)
                    : Optional.empty());
    return ClientAddressHandler.Client.behind(
        IpAddress.parse(peer).orElseThrow(),
        settings.get(AccessSettings.TRUSTED_PROXIES).orElseThrow(),
        ForwardedHops.in(headers, kind));
  }
}
