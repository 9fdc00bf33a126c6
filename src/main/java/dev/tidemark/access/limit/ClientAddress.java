package dev.tidemark.access.limit;

import io.undertow.server.HttpServerExchange;
import java.net.InetSocketAddress;

/** The client's address, also behind trusted proxies. */
public final class ClientAddress {
  private ClientAddress() {}

  /** The address that {@code ClientAddressHandler} found when the request came in, as text. */
  public static String of(HttpServerExchange exchange) {
    InetSocketAddress source = exchange.getSourceAddress();
    return source.getAddress() == null
        ? source.getHostString()
        : source.getAddress().getHostAddress();
  }
}
