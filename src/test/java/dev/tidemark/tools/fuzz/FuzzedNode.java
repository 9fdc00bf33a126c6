package dev.tidemark.tools.fuzz;

import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.MoreAccounts;
import java.util.List;
import java.util.Map;

/** The node of a fuzz: its sizes are small, so that they are reached; its rates are not. */
final class FuzzedNode {
  static final int MAX_PAYLOAD_BYTES = 16_384;

  private static final String MANY = "10000000";

  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("tidemark.wire.max-payload-bytes", "" + MAX_PAYLOAD_BYTES),
          Map.entry("tidemark.inbound.mailbox-frames", "32"),
          Map.entry("tidemark.inbound.mailbox-bytes", "65536"),
          Map.entry("tidemark.log.event-bytes", "40000"),
          Map.entry("tidemark.session.state-bytes", "2048"),
          Map.entry("tidemark.snapshot.bytes", "32768"),
          // What the node may keep is filled before its heap is measured first.
          Map.entry("tidemark.delivery.tail-bytes", "1048576"),
          Map.entry("tidemark.turn.time-limit-millis", "20000"),
          Map.entry("tidemark.access.ticket-millis", "2000"),
          Map.entry("tidemark.access.record-every-millis", "2000"),
          Map.entry("tidemark.retention.purge-every-millis", "2000"),
          Map.entry("tidemark.access.requests-per-minute", MANY),
          Map.entry("tidemark.access.bodies-per-address", "10000"),
          Map.entry("tidemark.access.joins-per-minute", MANY),
          Map.entry("tidemark.access.messages-per-minute", MANY),
          Map.entry("tidemark.access.failures-per-minute", MANY),
          Map.entry("tidemark.access.logout-failures-per-minute", MANY));

  private FuzzedNode() {}

  static Gateway start() {
    return Gateway.start(
        "fuzzed",
        SETTINGS,
        node -> node.template(MoreAccounts.template("fuzzed", List.of("mallory", "eve", "carol"))));
  }
}
