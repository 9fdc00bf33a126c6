package dev.tidemark.access.gate;

import dev.tidemark.access.gate.ForwardedHops.Hop;
import dev.tidemark.config.ProxyHeaders;
import dev.tidemark.config.TrustedProxies;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * Finds the client behind trusted proxies, for all that comes after: its address, and the scheme
 * and host by which it came. It goes from the connection's peer to the left, from proxy to proxy,
 * and stops at the first hop that is no trusted proxy: what that one says does not count. Where a
 * trusted proxy hides its client, or names none, the proxy's own address stands for it.
 *
 * <p>The server's own {@code proxy-address-forwarding} takes the leftmost address, which the client
 * chooses where a proxy appends. So what it has found is never used.
 */
final class ClientAddressHandler implements HttpHandler {
  private static final HttpString FORWARDED_PROTO = new HttpString("X-Forwarded-Proto");
  private static final int NO_PORT = 0;

  private final HttpHandler next;
  private final Optional<TrustedProxies> trusted;
  private final ProxyHeaders headers;

  ClientAddressHandler(HttpHandler next, Optional<TrustedProxies> trusted, ProxyHeaders headers) {
    this.next = next;
    this.trusted = trusted;
    this.headers = headers;
  }

  /**
   * The client.
   *
   * @param said what the trusted proxy next to it says of it; empty if there is no such proxy
   */
  record Client(InetAddress address, Optional<Hop> said) {
    static Client behind(InetAddress peer, TrustedProxies trusted, List<Hop> hops) {
      Client client = new Client(peer, Optional.empty());
      for (int i = hops.size() - 1, passed = 0;
          i >= 0 && trusted.isOne(client.address(), passed);
          i--, passed++) {
        Hop hop = hops.get(i);
        if (hop.address().isEmpty()) {
          return new Client(client.address(), Optional.of(hop));
        }
        client = new Client(hop.address().get(), Optional.of(hop));
      }
      return client;
    }
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    InetSocketAddress peer = exchange.getConnection().getPeerAddress(InetSocketAddress.class);
    if (peer != null && peer.getAddress() != null) {
      use(client(peer.getAddress(), exchange), peer, exchange);
    }
    next.handleRequest(exchange);
  }

  private Client client(InetAddress peer, HttpServerExchange exchange) {
    return trusted
        .map(
            proxies ->
                Client.behind(
                    peer, proxies, ForwardedHops.in(exchange.getRequestHeaders(), headers)))
        .orElseGet(() -> new Client(peer, Optional.empty()));
  }

  private static void use(Client client, InetSocketAddress peer, HttpServerExchange exchange) {
    exchange.setSourceAddress(
        client.address().equals(peer.getAddress())
            ? peer
            : new InetSocketAddress(client.address(), NO_PORT));
    Optional<String> scheme = client.said().flatMap(Hop::scheme);
    if (scheme.isPresent()) {
      exchange.setRequestScheme(scheme.get());
    } else if (exchange.getRequestHeaders().contains(FORWARDED_PROTO)) {
      // The server may have believed it.
      exchange.setRequestScheme(
          exchange.getConnection().getSslSessionInfo() == null ? "http" : "https");
    }
    client
        .said()
        .flatMap(Hop::host)
        .ifPresent(host -> exchange.getRequestHeaders().put(Headers.HOST, host));
  }
}
