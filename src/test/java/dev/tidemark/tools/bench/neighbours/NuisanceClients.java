package dev.tidemark.tools.bench.neighbours;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** All connections of a nuisance, on one thread: one of them acts at a time, in turns. */
final class NuisanceClients implements AutoCloseable {
  private static final long TICK_MILLIS = 10;

  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final List<NuisanceClient> clients = new ArrayList<>();
  private final Map<String, Long> answers = new TreeMap<>();
  private final Volume volume;
  private final long began = System.nanoTime();
  private long acted;

  private NuisanceClients(Behaviour behaviour, Volume volume, byte host, int port) {
    this.volume = volume;
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .remoteAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    if (hasManyAddresses()) {
      bootstrap.localAddress(new InetSocketAddress(address(behaviour.who(), host), 0));
    }
    for (int i = 0; i < volume.sockets(); i++) {
      clients.add(new NuisanceClient(i, behaviour, volume.each(), bootstrap, answers));
    }
  }

  /**
   * Begins, on a node of this machine.
   *
   * @param measured whether it is measured, and not only borne for the compilers
   */
  static NuisanceClients start(Nuisance nuisance, boolean measured, boolean asTest, int port) {
    NuisanceClients started =
        new NuisanceClients(
            nuisance.behaviour(measured), nuisance.volume(asTest), nuisance.host(measured), port);
    var unused =
        started.loop.scheduleAtFixedRate(started::act, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    return started;
  }

  private static InetAddress address(Behaviour.Who who, byte host) {
    try {
      return who == Behaviour.Who.PAGE
          ? InetAddress.getLoopbackAddress()
          : InetAddress.getByAddress(new byte[] {127, 0, 66, host});
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether a client here can come from an address of its own: all of 127/8 is this machine. */
  static boolean hasManyAddresses() {
    return System.getProperty("os.name").equals("Linux");
  }

  /** Does what is due by now. */
  private void act() {
    long due = (System.nanoTime() - began) * volume.perSecond() / 1_000_000_000L;
    for (; acted < due; acted++) {
      clients.get((int) (acted % clients.size())).act();
    }
  }

  /** How often the gateway answered with each status and close code, so far. */
  Map<String, Long> answers() {
    return loop.submit(() -> Map.copyOf(new TreeMap<>(answers))).syncUninterruptibly().getNow();
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 20, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
