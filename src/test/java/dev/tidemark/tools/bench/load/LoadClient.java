package dev.tidemark.tools.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;

/**
 * One WebSocket client that counts frames, checks their numbers against R4 and keeps none of them.
 * All clients of a group live on its one thread.
 */
final class LoadClient extends SimpleChannelInboundHandler<TextWebSocketFrame> {
  private static final byte[] REPLAY_COMPLETE = Scanner.bytes("replay_complete");
  private static final byte[] PING = Scanner.bytes("ping");
  private static final byte[] SNAPSHOT = Scanner.bytes("snapshot");
  private static final byte[] ERROR = Scanner.bytes("error");

  private final Group group;
  private final Scanner scanner = new Scanner();
  private Channel channel;
  private Runnable whenOpen = () -> {};
  private long last = Scanner.NONE;
  private long frames;
  private boolean caughtUp;
  private boolean reached;
  private String text = "";
  private int timesLeft;
  private long baseline = Scanner.NONE;

  LoadClient(Group group) {
    this.group = group;
  }

  void whenOpen(Runnable action) {
    whenOpen = action;
  }

  /** The number of the newest event. */
  long last() {
    return last;
  }

  /** Sequenced frames since {@link #expect}. */
  long frames() {
    return frames;
  }

  /** Whether {@code replay_complete} came since {@link #expect}. */
  boolean caughtUp() {
    return caughtUp;
  }

  boolean reached() {
    return reached;
  }

  /** Prepares for another goal. */
  void goOn() {
    reached = false;
  }

  void reach() {
    reached = true;
  }

  /** Counts anew; the next number must follow the baseline, if there is one. */
  void expect(long after) {
    baseline = after;
    last = after;
    again();
  }

  /** Counts anew; numbers continue. */
  void again() {
    frames = 0;
    caughtUp = false;
  }

  /** Sends this text {@code times} times in all: again whenever the client has reached the goal. */
  void send(String asked, int times) {
    text = asked;
    timesLeft = times - 1;
    send();
  }

  /** Sends once more if any of the times are left; returns whether it did. */
  boolean goesOn() {
    if (timesLeft == 0) {
      return false;
    }
    timesLeft--;
    expect(baseline);
    send();
    return true;
  }

  private void send() {
    var unused = channel.writeAndFlush(new TextWebSocketFrame(text), channel.voidPromise());
  }

  void close() {
    if (channel != null) {
      var unused = channel.close();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
      channel = context.channel();
      group.opened();
      whenOpen.run();
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, TextWebSocketFrame message) {
    long nanos = System.nanoTime();
    ByteBuf text = message.content();
    group.message(text.readableBytes(), nanos);
    int end = text.writerIndex();
    for (int start = text.readerIndex(); start < end; ) {
      int newline = text.indexOf(start, end, (byte) '\n');
      int lineEnd = newline < 0 ? end : newline;
      line(text, start, lineEnd, nanos);
      start = lineEnd + 1;
    }
    group.look(this, nanos);
  }

  private void line(ByteBuf text, int start, int end, long nanos) {
    scanner.read(text, start, end);
    if (scanner.seq() == Scanner.NONE) {
      connectionFrame(text, start, end);
      return;
    }
    if (last != Scanner.NONE && scanner.fromSeq() != last + 1) {
      group.gap(last, scanner.fromSeq());
    }
    last = scanner.seq();
    frames++;
    group.frame(nanos);
    if (group.takesStamps()) {
      group.stamp(Scanner.stampMicros(text, start, end), nanos);
    }
  }

  private void connectionFrame(ByteBuf text, int start, int end) {
    if (scanner.isType(text, REPLAY_COMPLETE)) {
      caughtUp = true;
    } else if (scanner.isType(text, SNAPSHOT)) {
      last = Scanner.NONE;
      group.snapshot();
    } else if (scanner.isType(text, ERROR)) {
      group.failed(text.toString(start, end - start, java.nio.charset.StandardCharsets.UTF_8));
    } else if (!scanner.isType(text, PING)) {
      group.otherFrame();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    group.closed();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    group.failed(cause.toString());
    var unused = context.close();
  }
}
