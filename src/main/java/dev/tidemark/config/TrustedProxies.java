package dev.tidemark.config;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

/**
 * The proxies whose word on a client counts: the last so many before this server, or those of some
 * networks.
 *
 * @param count the number of proxies, whatever their addresses; 0 if they are told by address
 * @param networks the addresses of the proxies; empty if they are told by number
 */
public record TrustedProxies(int count, List<Network> networks) {
  private static final int MAX_COUNT = 10;

  /**
   * The addresses that share the first bits.
   *
   * @param bits how many bits they share
   */
  public record Network(InetAddress first, int bits) {
    static Network parse(String text) {
      String[] parts = text.split("/", 2);
      InetAddress first =
          IpAddress.parse(parts[0])
              .orElseThrow(() -> new IllegalArgumentException(parts[0] + " is no address"));
      int all = first.getAddress().length * Byte.SIZE;
      int bits = parts.length == 1 ? all : Integer.parseInt(parts[1]);
      if (bits < 0 || bits > all) {
        throw new IllegalArgumentException("/" + bits + " is no length of a network");
      }
      return new Network(first, bits);
    }

    boolean contains(InetAddress address) {
      byte[] mine = first.getAddress();
      byte[] other = address.getAddress();
      if (mine.length != other.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit % Byte.SIZE);
        if (((mine[bit / Byte.SIZE] ^ other[bit / Byte.SIZE]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }

    @Override
    public String toString() {
      return first.getHostAddress() + "/" + bits;
    }
  }

  public TrustedProxies {
    networks = List.copyOf(networks);
  }

  /**
   * @throws IllegalArgumentException if the text is neither a number nor a list of networks
   */
  static TrustedProxies parse(String key, String text) {
    try {
      if (text.matches("\\d{1,9}")) {
        int count = Integer.parseInt(text);
        if (count >= 1 && count <= MAX_COUNT) {
          return new TrustedProxies(count, List.of());
        }
      } else {
        return new TrustedProxies(
            0, Stream.of(text.split(",", -1)).map(String::strip).map(Network::parse).toList());
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new IllegalArgumentException(
        ("%s is '%s': must be a number of proxies from 1 to %d, or their addresses or networks such "
                + "as 10.0.0.5,10.1.0.0/16,fd00::/64")
            .formatted(key, text, MAX_COUNT));
  }

  /**
   * Whether an address is that of a trusted proxy.
   *
   * @param before how many proxies lie between it and this server
   */
  public boolean isOne(InetAddress address, int before) {
    return before < count || networks.stream().anyMatch(network -> network.contains(address));
  }
}
