package dev.tidemark.access.limit;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;

/** The part of a remote address that quotas count by. */
final class ClientNetwork {
  private static final int NETWORK_BYTES = 8;

  private ClientNetwork() {}

  /**
   * An IPv4 address unchanged, or the network of an IPv6 address, its first 64 bits: the client
   * chooses the rest and could change it each time.
   */
  static String of(String remoteAddress) {
    int zone = remoteAddress.indexOf('%');
    String address = zone < 0 ? remoteAddress : remoteAddress.substring(0, zone);
    if (address.indexOf(':') < 0) {
      return address;
    }
    try {
      InetAddress parsed = InetAddress.getByName(address); // a literal: no name is looked up
      return parsed instanceof Inet6Address
          ? HexFormat.of().formatHex(parsed.getAddress(), 0, NETWORK_BYTES) + "/64"
          : parsed.getHostAddress();
    } catch (UnknownHostException e) {
      return address;
    }
  }
}
