package dev.tidemark.wire;

import java.util.Optional;

/**
 * A frame that a client may send. {@link FrameDecoder} makes it from text; its fields are already
 * checked.
 */
public sealed interface ClientFrame permits Hello, Join, Message, Abort, Leave, Ping, Pong, Auth {
  /** The frame's {@code type} on the wire. */
  String type();

  /** The session that the client names, if this frame joins one. */
  default Optional<String> sessionId() {
    return Optional.empty();
  }

  /** Calls the visitor's method for this frame. */
  <R> R accept(Visitor<R> visitor);

  /** One method for each frame. A new frame does not compile before every visitor handles it. */
  interface Visitor<R> {
    R hello(Hello hello);

    R join(Join join);

    R message(Message message);

    R abort(Abort abort);

    R leave(Leave leave);

    R ping(Ping ping);

    R pong(Pong pong);

    R auth(Auth auth);
  }
}
