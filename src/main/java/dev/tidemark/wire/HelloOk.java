package dev.tidemark.wire;

import java.util.EnumSet;
import java.util.Objects;

/**
 * The reply to a {@code hello}: the fields of {@link Joined}, and the features and limits of this
 * server.
 *
 * @param joined the session and its position
 * @param policy the limits
 */
public record HelloOk(Joined joined, Policy policy) implements ConnectionFrame {
  /** None of them changes while the server runs. */
  private static final String FEATURES =
      new JsonText(512)
          .array("methods", FrameDecoder.TYPES.stream().map(JsonText::quoted).toList())
          .array("events", EventTypes.ALL.stream().map(JsonText::quoted).toList())
          .array("capabilities", Capability.quoted(EnumSet.allOf(Capability.class)))
          .end();

  public HelloOk {
    Objects.requireNonNull(joined, "joined");
    Objects.requireNonNull(policy, "policy");
  }

  @Override
  public String encode() {
    JsonText json =
        JsonText.frame("hello_ok")
            .number("protocol", Joined.PROTOCOL_VERSION)
            .json("features", FEATURES)
            .json("policy", policy.encode());
    return joined.write(json).end();
  }
}
