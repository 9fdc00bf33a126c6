package dev.tidemark.tools.bench.load;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Clients that do the same thing at the same time, and their counts. A group lives on one thread of
 * its own, so nothing is guarded, and no group waits for another's input.
 */
final class Group {
  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final List<LoadClient> clients = new ArrayList<>();
  private final Stamps stamps = new Stamps();
  private final Flow flow = new Flow();
  private boolean takingStamps;
  private int open;
  private boolean closing;
  private Predicate<LoadClient> goal = client -> false;
  private int notThere;
  private Runnable then = () -> {};

  EventLoopGroup loop() {
    return loop;
  }

  List<LoadClient> clients() {
    return clients;
  }

  Stamps stamps() {
    return stamps;
  }

  /** Begins to count anew. */
  void mark(boolean withStamps) {
    takingStamps = withStamps;
    stamps.clear();
    flow.begin();
  }

  /** Runs the action once every client has reached a goal; looks at a client with each message. */
  void whenAll(Predicate<LoadClient> reached, Runnable action) {
    goal = reached;
    then = action;
    notThere = clients.size();
    long now = System.nanoTime();
    clients.forEach(LoadClient::goOn);
    clients.forEach(client -> look(client, now));
  }

  /** Runs the action once all clients are open. */
  void whenOpen(Runnable action) {
    then = action;
    notThere = clients.size() - open;
    if (notThere == 0) {
      action.run();
    }
  }

  int open() {
    return open;
  }

  void opened() {
    open++;
    if (--notThere == 0) {
      then.run();
    }
  }

  void closed() {
    open--;
    if (!closing) {
      flow.failed("a connection was closed");
    }
  }

  void look(LoadClient client, long nanos) {
    if (!client.reached() && goal.test(client) && !client.goesOn()) {
      client.reach();
      flow.reached(nanos);
      if (--notThere == 0) {
        then.run();
      }
    }
  }

  void message(int bytes, long nanos) {
    flow.message(bytes, nanos);
  }

  void frame(long nanos) {
    flow.frame(nanos);
  }

  boolean takesStamps() {
    return takingStamps;
  }

  void stamp(long stampMicros, long nanos) {
    if (stampMicros != Scanner.NONE) {
      stamps.add(stampMicros, nanos);
    }
  }

  void gap(long last, long next) {
    flow.gap("after " + last + " came " + next);
  }

  void snapshot() {
    flow.snapshot();
  }

  void otherFrame() {
    flow.other();
  }

  void failed(String why) {
    flow.failed(why);
  }

  void close() {
    closing = true;
    clients.forEach(LoadClient::close);
    var unused = loop.shutdownGracefully();
  }

  JsonObject report() {
    return flow.report(clients.size() - notThere);
  }
}
