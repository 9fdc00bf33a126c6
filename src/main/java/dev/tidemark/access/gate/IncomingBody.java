package dev.tidemark.access.gate;

import dev.tidemark.access.gate.Deadlines.Deadline;
import dev.tidemark.access.limit.Charge;
import dev.tidemark.access.limit.ClientAddress;
import dev.tidemark.access.limit.QuotaExceededException;
import dev.tidemark.wire.Problem;
import io.undertow.io.AsyncReceiverImpl;
import io.undertow.server.Connectors;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RequestTooBigException;
import io.undertow.util.AttachmentKey;
import io.undertow.util.ImmediatePooledByteBuffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The body of a request while it comes. Whoever serves the request finds it complete, and reads it
 * without waiting. Only the I/O thread of the connection touches it, so there is no lock; once it
 * is handed on nothing of it is used here.
 */
final class IncomingBody {
  /** The heap that a body takes for each of its bytes until it is understood, about. */
  private static final int HEAP_OF_A_BYTE = 4;

  private static final AttachmentKey<Integer> SIZE = AttachmentKey.create(Integer.class);

  private final HttpServerExchange exchange;
  private final HttpHandler next;
  private final IncomingBodies bodies;
  private final String address;
  private final long maxBytes;
  private final AsyncReceiverImpl receiver;
  private final Charge charge;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private Optional<Deadline> deadline = Optional.empty();
  private boolean hasPlace;

  /** Handed on, refused or lost. */
  private boolean over;

  /**
   * @param maxBytes the greatest size
   */
  IncomingBody(
      HttpServerExchange exchange, HttpHandler next, IncomingBodies bodies, long maxBytes) {
    this.exchange = exchange;
    this.next = next;
    this.bodies = bodies;
    this.maxBytes = maxBytes;
    address = ClientAddress.of(exchange);
    charge = bodies.memory.openForAddress(address);
    receiver = new AsyncReceiverImpl(exchange);
  }

  /** The size of the body of a request that was handed on, in bytes, also of a chunked one. */
  static int sizeOf(HttpServerExchange exchange) {
    return Optional.ofNullable(exchange.getAttachment(SIZE)).orElse(0);
  }

  /** Takes what is there, and a place for what is still to come. */
  void receive() {
    Exchanges.whenComplete(exchange, this::gone);
    receiver.receivePartialBytes(
        (unused, part, last) -> received(part, last), (unused, failure) -> failed(failure));
    if (over) {
      return;
    }
    try {
      bodies.quotas.requireBody(address);
      hasPlace = true;
      deadline = Optional.of(bodies.deadline(exchange, this::late));
    } catch (QuotaExceededException e) {
      refuse(e.problem());
    } catch (RuntimeException | Error e) {
      lose();
      throw e;
    }
  }

  private void received(byte[] part, boolean last) {
    if (over) {
      return;
    }
    if (bytes.size() + part.length > maxBytes) {
      refuse(IncomingBodies.tooLarge(maxBytes));
      return;
    }
    if (!charge.take((long) part.length * HEAP_OF_A_BYTE)) {
      refuse(IncomingBodies.TOO_MUCH);
      return;
    }
    bytes.writeBytes(part);
    if (last) {
      handOn();
    }
  }

  private void handOn() {
    over = true;
    receiver.pause();
    leave();
    if (bytes.size() > 0) {
      exchange.putAttachment(SIZE, bytes.size());
      Connectors.ungetRequestBytes(
          exchange, new ImmediatePooledByteBuffer(ByteBuffer.wrap(bytes.toByteArray())));
    }
    Connectors.resetRequestChannel(exchange);
    bodies.serve(exchange, next);
  }

  /** The connection stays in its place until it is closed: its client may go on sending. */
  private void refuse(Problem problem) {
    over = true;
    receiver.pause();
    try {
      bodies.refuse(exchange, problem, this::gone);
    } catch (RuntimeException | Error e) {
      lose();
      throw e;
    }
  }

  /** The server would wait for the rest of the body, for which no deadline is set. */
  private void lose() {
    over = true;
    gone();
    Exchanges.cut(exchange);
  }

  private void failed(IOException failure) {
    if (failure instanceof RequestTooBigException) { // the server's own limit
      refuse(IncomingBodies.tooLarge(exchange.getMaxEntitySize()));
      return;
    }
    over = true;
    gone();
    exchange.endExchange();
  }

  private void late() {
    if (over) {
      return;
    }
    if (exchange.getConnection().isOpen()) {
      Connectors.executeRootHandler(unused -> refuse(bodies.late()), exchange);
    } else {
      over = true;
      gone();
    }
  }

  private void gone() {
    leave();
    charge.close();
  }

  /** Gives the place back, once. */
  private void leave() {
    deadline.ifPresent(Deadline::cancel);
    if (hasPlace) {
      bodies.quotas.bodyDone(address);
      hasPlace = false;
    }
  }
}
