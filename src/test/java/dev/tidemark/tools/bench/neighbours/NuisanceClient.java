package dev.tidemark.tools.bench.neighbours;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One connection of a nuisance: opened when it has to act first, and again when it was closed. What
 * it gets is counted by status or code and forgotten.
 */
final class NuisanceClient {
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3})");
  private static final Pattern CODE = Pattern.compile("error\",\"code\":\"(\\w+)\"");

  private final int number;
  private final Behaviour behaviour;
  private final int each;
  private final Bootstrap bootstrap;
  private final Map<String, Long> answers;
  private Channel channel;
  private boolean ready;
  private int times;

  NuisanceClient(
      int number, Behaviour behaviour, int each, Bootstrap bootstrap, Map<String, Long> answers) {
    this.number = number;
    this.behaviour = behaviour;
    this.each = each;
    this.bootstrap = bootstrap;
    this.answers = answers;
  }

  /** Sends once more, or opens the connection. Does nothing while the gateway takes no more. */
  void act() {
    if (channel == null) {
      open();
    } else if (ready && times < each && channel.isWritable()) {
      write(behaviour.action().bytes(number, times++));
    }
  }

  private void open() {
    ready = false;
    channel =
        bootstrap
            .clone()
            .option(ChannelOption.AUTO_READ, true)
            .handler(new Handler())
            .connect()
            .addListener(
                connected -> {
                  if (connected.isSuccess()) {
                    write(behaviour.opening().apply(number).getBytes(ISO_8859_1));
                    ready = !behaviour.socket();
                  } else {
                    count("not connected");
                    channel = null;
                  }
                })
            .channel();
  }

  private void write(byte[] bytes) {
    var unused = channel.writeAndFlush(Unpooled.wrappedBuffer(bytes), channel.voidPromise());
  }

  private void count(String answer) {
    answers.merge(answer, 1L, Long::sum);
  }

  private final class Handler extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
      String text = bytes.toString(ISO_8859_1);
      for (Matcher status = STATUS.matcher(text); status.find(); ) {
        count(status.group(1));
      }
      for (Matcher code = CODE.matcher(text); code.find(); ) {
        count(code.group(1));
      }
      if (behaviour.socket() && !ready && text.startsWith("HTTP/1.1 101")) {
        ready = true;
        context.channel().config().setAutoRead(behaviour.reads());
        behaviour.greeting().apply(number).forEach(NuisanceClient.this::write);
      } else if (behaviour.socket() && !ready) {
        var unused = context.close(); // refused: it comes again
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (context.channel() == channel) {
        channel = null;
        times = 0;
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var unused = context.close();
    }
  }
}
