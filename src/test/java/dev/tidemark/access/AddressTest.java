package dev.tidemark.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

/** A client that may choose its address within a network is one client. */
final class AddressTest {
  @Test
  void anIpv4AddressIsItself() {
    assertEquals("192.0.2.7", Address.of("192.0.2.7"));
    assertEquals("192.0.2.7", Address.of("::ffff:192.0.2.7"));
  }

  @Test
  void ofAnIpv6AddressTheNetworkCounts() {
    assertEquals(Address.of("2001:db8:1:2::1"), Address.of("2001:db8:1:2:ffff:ffff:ffff:ffff"));
    assertEquals(Address.of("fe80::1"), Address.of("fe80:0:0:0:0:0:0:2%eth0"));
    assertNotEquals(Address.of("2001:db8:1:2::1"), Address.of("2001:db8:1:3::1"));
  }

  @Test
  void whatIsNoAddressIsNotLookedUp() {
    assertEquals("client.example", Address.of("client.example"));
    assertEquals("not:an:address", Address.of("not:an:address"));
  }
}
