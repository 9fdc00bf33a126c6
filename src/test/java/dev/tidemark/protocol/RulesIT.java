package dev.tidemark.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.testing.Frame;
import dev.tidemark.testing.Gateway;
import dev.tidemark.testing.WireClient;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The ten rules of {@code docs/protocol.md}, each by its number. */
final class RulesIT {
  private final Gateway gateway = Gateway.shared();

  @Test
  void r3LiveAndReplayedFramesOfAnEventAreTheSameBytes() {
    try (WireClient live = gateway.connect("alice");
        WireClient replayed = gateway.connect("alice")) {
      String sessionId = live.create().string("session_id");
      live.say("the tide \"comes\" in \u00e9\ud83c\udf0a", "m-1", 0).awaitEvent("stream_end");
      replayed.join(sessionId, 0);
      replayed.await("replay_complete");
      List<String> sentLive = live.events().stream().map(Frame::text).toList();
      List<String> sentAgain =
          replayed.events().stream().map(Frame::event).map(Frame::text).toList();
      assertEquals(sentLive, sentAgain);
      assertEquals(
          gateway.database().log(sessionId).stream().map(logged -> logged.payload()).toList(),
          live.events().stream().map(Frame::data).toList());
    }
  }
}
