package dev.tidemark.tools.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Opens the sockets of a group, some at a time, with the credentials that programs send. */
final class Sockets {
  private static final int MAX_MESSAGE_BYTES = 64 << 20;
  private static final int MAX_HANDSHAKE_BYTES = 64 << 10;

  /** Handshakes under way: more would only wait in the server's queue. */
  private static final int AT_ONCE = 32;

  private Sockets() {}

  /** Adds clients to a group; {@link Group#whenOpen} tells when they are there. */
  static void open(Group group, URI uri, String account, int count) {
    for (int i = 0; i < count; i++) {
      group.clients().add(new LoadClient(group));
    }
    Bootstrap bootstrap =
        new Bootstrap()
            .group(group.loop())
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 20_000);
    int first = group.clients().size() - count;
    for (int lane = 0; lane < AT_ONCE; lane++) {
      openNext(bootstrap, group, uri, account, first + lane);
    }
  }

  private static void openNext(
      Bootstrap bootstrap, Group group, URI uri, String account, int index) {
    if (index >= group.clients().size()) {
      return;
    }
    LoadClient client = group.clients().get(index);
    client.whenOpen(() -> openNext(bootstrap, group, uri, account, index + AT_ONCE));
    bootstrap
        .clone()
        .handler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                channel
                    .pipeline()
                    .addLast(
                        new HttpClientCodec(),
                        new HttpObjectAggregator(MAX_HANDSHAKE_BYTES),
                        handshake(uri, account),
                        new WebSocketFrameAggregator(MAX_MESSAGE_BYTES),
                        client);
              }
            })
        .connect(uri.getHost(), uri.getPort())
        .addListener(
            connected -> {
              if (!connected.isSuccess()) {
                group.failed(connected.cause().toString());
              }
            });
  }

  private static WebSocketClientProtocolHandler handshake(URI uri, String account) {
    HttpHeaders headers = new DefaultHttpHeaders();
    String login = account + ":" + account;
    headers.set(
        HttpHeaderNames.AUTHORIZATION,
        "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
    return new WebSocketClientProtocolHandler(
        WebSocketClientProtocolConfig.newBuilder()
            .webSocketUri(uri)
            .version(WebSocketVersion.V13)
            .customHeaders(headers)
            .handshakeTimeoutMillis(60_000)
            .maxFramePayloadLength(MAX_MESSAGE_BYTES)
            .withUTF8Validator(false)
            .build());
  }
}
