package dev.tidemark.testing.gateway;

import dev.tidemark.testing.agents.Broken;
import dev.tidemark.testing.agents.Stubborn;
import dev.tidemark.testing.agents.Wordy;
import java.util.Map;

/** A gateway with all limits small enough to be reached, and with agents that reach them. */
public final class SmallGateway {
  public static final int MAX_PAYLOAD = 24_000;
  public static final int MAX_BAD_FRAMES = 3;
  public static final int HEARTBEAT_MILLIS = 500;
  public static final int SILENCE_MILLIS = 10_000;
  public static final int MAILBOX_FRAMES = 8;
  public static final int MAILBOX_BYTES = 40_000;
  public static final int WINDOW_BYTES = 4_096;
  public static final int STALL_MILLIS = 5_000;
  static final int LINGER_MILLIS = 3_000;
  public static final int EVENT_BYTES = 20_000;
  public static final int STATE_BYTES = 1_024;
  static final int SNAPSHOT_MESSAGES = 3;
  static final int SNAPSHOT_EVENTS = 4;
  public static final int SNAPSHOT_BYTES = 2_048;
  public static final int CONNECTIONS = 12;
  public static final int JOINS = 60;
  public static final int TIME_LIMIT_MILLIS = 4_000;

  private static Gateway gateway;

  private SmallGateway() {}

  public static synchronized Gateway get() {
    if (gateway == null) {
      gateway =
          Gateway.startWithAgents(
              "small",
              Map.ofEntries(
                  Map.entry("tidemark.wire.max-payload-bytes", "" + MAX_PAYLOAD),
                  Map.entry("tidemark.wire.max-bad-frames", "" + MAX_BAD_FRAMES),
                  Map.entry("tidemark.wire.heartbeat-millis", "" + HEARTBEAT_MILLIS),
                  Map.entry("tidemark.wire.silence-millis", "" + SILENCE_MILLIS),
                  Map.entry("tidemark.inbound.mailbox-frames", "" + MAILBOX_FRAMES),
                  Map.entry("tidemark.inbound.mailbox-bytes", "" + MAILBOX_BYTES),
                  Map.entry("tidemark.delivery.window-bytes", "" + WINDOW_BYTES),
                  Map.entry("tidemark.delivery.replays", "1"),
                  Map.entry("tidemark.delivery.page-events", "2"),
                  Map.entry("tidemark.delivery.page-bytes", "8192"),
                  Map.entry("tidemark.delivery.tail-events", "4"),
                  Map.entry("tidemark.delivery.stall-millis", "" + STALL_MILLIS),
                  Map.entry("tidemark.delivery.linger-millis", "" + LINGER_MILLIS),
                  Map.entry("tidemark.log.event-bytes", "" + EVENT_BYTES),
                  Map.entry("tidemark.session.state-bytes", "" + STATE_BYTES),
                  Map.entry("tidemark.snapshot.messages", "" + SNAPSHOT_MESSAGES),
                  Map.entry("tidemark.snapshot.events", "" + SNAPSHOT_EVENTS),
                  Map.entry("tidemark.snapshot.bytes", "" + SNAPSHOT_BYTES),
                  Map.entry("tidemark.access.connections-per-principal", "" + CONNECTIONS),
                  Map.entry("tidemark.access.joins-per-minute", "" + JOINS),
                  Map.entry("tidemark.retention.purge-every-millis", "500"),
                  Map.entry("tidemark.retention.history-end", "drop"),
                  Map.entry("tidemark.turn.time-limit-millis", "" + TIME_LIMIT_MILLIS),
                  Map.entry("tidemark.turn.abort-grace-millis", "500")),
              Stubborn.class,
              Wordy.class,
              Broken.class);
      Runtime.getRuntime().addShutdownHook(new Thread(gateway.server()::kill));
    }
    return gateway;
  }
}
