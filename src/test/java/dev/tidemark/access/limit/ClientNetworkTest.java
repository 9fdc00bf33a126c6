package dev.tidemark.access.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

/** A client that can choose its address within a network counts as one client. */
final class ClientNetworkTest {
  @Test
  void anIpv4AddressIsItself() {
    assertEquals("192.0.2.7", ClientNetwork.of("192.0.2.7"));
    assertEquals("192.0.2.7", ClientNetwork.of("::ffff:192.0.2.7"));
  }

  @Test
  void ofAnIpv6AddressTheNetworkCounts() {
    assertEquals(
        ClientNetwork.of("2001:db8:1:2::1"), ClientNetwork.of("2001:db8:1:2:ffff:ffff:ffff:ffff"));
    assertEquals(ClientNetwork.of("fe80::1"), ClientNetwork.of("fe80:0:0:0:0:0:0:2%eth0"));
    assertNotEquals(ClientNetwork.of("2001:db8:1:2::1"), ClientNetwork.of("2001:db8:1:3::1"));
  }

  @Test
  void whatIsNoAddressIsNotLookedUp() {
    assertEquals("client.example", ClientNetwork.of("client.example"));
    assertEquals("not:an:address", ClientNetwork.of("not:an:address"));
  }
}
