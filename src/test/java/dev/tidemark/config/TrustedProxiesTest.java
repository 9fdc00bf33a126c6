package dev.tidemark.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Proxies by number or by network. */
final class TrustedProxiesTest {
  private static final String KEY = "tidemark.access.trusted-proxies";

  @Test
  void networksAreOfAnyLengthAndOfBothKinds() {
    TrustedProxies proxies = TrustedProxies.parse(KEY, "10.0.0.5, 172.16.0.0/12,fd00:1::/33");
    for (String one : new String[] {"10.0.0.5", "172.31.255.255", "fd00:1:7fff::1"}) {
      assertTrue(is(proxies, one), one);
    }
    for (String other : new String[] {"10.0.0.4", "172.32.0.0", "fd00:1:8000::1", "::1"}) {
      assertFalse(is(proxies, other), other);
    }
    assertTrue(is(TrustedProxies.parse(KEY, "0.0.0.0/0"), "203.0.113.9"));
    assertFalse(is(TrustedProxies.parse(KEY, "0.0.0.0/0"), "::1"));
  }

  @Test
  void aNumberIsOfProxiesInARow() {
    TrustedProxies proxies = TrustedProxies.parse(KEY, "2");
    var any = IpAddress.parse("203.0.113.9").orElseThrow();
    assertTrue(proxies.isOne(any, 0));
    assertTrue(proxies.isOne(any, 1));
    assertFalse(proxies.isOne(any, 2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "11",
        "-1",
        "localhost",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.5,",
        "10.0.0",
        "fd00::/129",
        "10.0.0.5/",
        "true",
        "10.0.0.5;10.0.0.6",
        "999999999",
        "99999999999"
      })
  void whatIsNeitherIsRefusedWithWhatItMayBe(String text) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> TrustedProxies.parse(KEY, text))
            .getMessage();
    assertTrue(message.startsWith(KEY + " is '" + text + "': must be a number"), message);
  }

  @Test
  void theHeadersAreOfOneOfTwoKinds() {
    assertEquals(ProxyHeaders.FORWARDED, ProxyHeaders.parse("k", "Forwarded"));
    assertThrows(IllegalArgumentException.class, () -> ProxyHeaders.parse("k", "both"));
  }

  private static boolean is(TrustedProxies proxies, String address) {
    return proxies.isOne(IpAddress.parse(address).orElseThrow(), 0);
  }
}
