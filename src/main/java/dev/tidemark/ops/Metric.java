package dev.tidemark.ops;

import dev.tidemark.wire.ResyncReason;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The catalogue of the node's metrics. All of them are there from the start, with every value of
 * their label. The page on operation lists them with the same names and help texts.
 */
public enum Metric {
  INFO(Kind.GAUGE, "tidemark.info", "Always 1", "version", List.of(Version.TEXT)),
  SCHEMA_NEEDED(
      Kind.GAUGE,
      "tidemark.schema.needed",
      "Version of the schema that the application was built for"),
  SCHEMA_FOUND(
      Kind.GAUGE,
      "tidemark.schema.found",
      "Version of the schema that the database has; 0 while it is not known"),
  READY(Kind.GAUGE, "tidemark.ready", "1 while the node takes clients, 0 while it does not"),
  DRAINING(Kind.GAUGE, "tidemark.draining", "1 while the node drains, 0 while it does not"),
  STANDSTILL(
      Kind.GAUGE,
      "tidemark.standstill.seconds",
      "Time for which work has waited that has not moved for longest, in seconds; 0 if all moves"),
  STORAGE_USABLE(
      Kind.GAUGE, "tidemark.storage.usable", "1 while the database is usable, 0 while it is not"),
  STORAGE_CHECKED(
      Kind.GAUGE,
      "tidemark.storage.checked.timestamp.seconds",
      "Unix time of the newest check of the database, by the node's clock; 0 before the first"),
  LISTENING(
      Kind.GAUGE,
      "tidemark.listening",
      "1 while the node hears other nodes, 0 while it only polls"),

  CONNECTIONS(Kind.GAUGE, "tidemark.connections", "Open sockets"),
  FEEDS(Kind.GAUGE, "tidemark.feeds", "Sessions that somebody listens to on this node"),
  REVOCATIONS(Kind.GAUGE, "tidemark.revocations", "Revocations in force"),

  EVENTS_APPENDED(Kind.COUNTER, "tidemark.events.appended", "Events appended by this node"),
  LOG_BATCHES(Kind.COUNTER, "tidemark.log.batches", "Transactions of the log's writers"),
  LOG_WAITING(
      Kind.GAUGE,
      "tidemark.log.waiting",
      "Events that wait for a writer of the log or are in its hands"),
  LOG_BACKLOG(
      Kind.GAUGE,
      "tidemark.log.backlog.ratio",
      "Share of the fullest writer's backlog that is taken"),
  LOG_PARKED(
      Kind.GAUGE,
      "tidemark.log.parked",
      "Sessions with appends whose row another transaction holds"),
  APPEND(
      "tidemark.append",
      "Time from the request to append to its acknowledgement, in seconds",
      Latency.OF_A_COMMIT),
  COMMIT(
      "tidemark.commit",
      "Time of a transaction of the log's writers with its commit, in seconds",
      Latency.OF_A_COMMIT),

  APPEND_TO_FRAME(
      "tidemark.append.to.frame",
      "Time from the commit of an event, as this node heard of it, to its frame handed to a live"
          + " client's socket, in seconds",
      Latency.OF_A_COMMIT,
      "heard",
      List.of("append", "hint")),
  OUTBOUND_BYTES(Kind.GAUGE, "tidemark.outbound.bytes", "Bytes in flight to clients"),
  MEMORY_BYTES(
      Kind.GAUGE,
      "tidemark.memory.bytes",
      "Heap that frames, snapshots and request bodies of clients take"),
  MEMORY_RATIO(
      Kind.GAUGE, "tidemark.memory.ratio", "Share of `tidemark.memory.node-bytes` that is taken"),
  MEMORY_REFUSED(
      Kind.COUNTER,
      "tidemark.memory.refused",
      "Frames, snapshots and request bodies for which a client had no memory left"),
  MEMORY_SHED(
      Kind.COUNTER,
      "tidemark.memory.shed",
      "Connections that were closed because others needed the memory that they held"),
  TAIL_EVENTS(
      Kind.GAUGE, "tidemark.tail.events", "Events that the node keeps in memory for its clients"),
  TAIL_BYTES(Kind.GAUGE, "tidemark.tail.bytes", "Approximate memory of these events, in bytes"),
  PAGES_READ(
      Kind.COUNTER,
      "tidemark.pages.read",
      "Pages of the log that were read from the database for clients"),
  DELIVERIES_FAILED(
      Kind.COUNTER,
      "tidemark.deliveries.failed",
      "Reads and sends for clients that failed and are retried"),
  EVENTS_MISSING(
      Kind.COUNTER,
      "tidemark.events.missing",
      "Reads that found an event at or above the floor missing from the log"),

  JOIN("tidemark.join", "Time from a client's join to the reply, in seconds", Latency.OF_A_COMMIT),
  JOINS_WAITING(Kind.GAUGE, "tidemark.joins.waiting", "Joins that no transaction has taken yet"),
  REPLAY(
      "tidemark.replay",
      "Time from a join with events to replay to replay_complete, in seconds",
      Latency.OF_A_REPLAY),
  REPLAYS_WAITING(Kind.GAUGE, "tidemark.replays.waiting", "Clients in line for their replay"),
  RESYNCS(
      Kind.COUNTER,
      "tidemark.resyncs",
      "Clients that were sent a snapshot instead of a replay",
      "reason",
      Arrays.stream(ResyncReason.values()).map(ResyncReason::wireName).toList()),

  FIRST_TOKEN(
      "tidemark.first.token",
      "Time from the acknowledgement of a message to the first token of its turn, in seconds",
      Latency.OF_AN_AGENT),
  TURNS_RUNNING(Kind.GAUGE, "tidemark.turns.running", "Turns that run on this node"),
  TURNS_QUEUED(
      Kind.GAUGE,
      "tidemark.turns.queued",
      "Turns that are queued, on all nodes together, at the node's newest look"),
  TURNS_WAITING(
      Kind.GAUGE,
      "tidemark.turns.waiting",
      "Sessions whose next turn waits for a place on this node"),
  TURNS_LONGEST_WAIT(
      Kind.GAUGE,
      "tidemark.turns.longest.wait.seconds",
      "Longest time for which one of them has waited, in seconds"),
  TURNS_HEAP(
      Kind.GAUGE,
      "tidemark.turns.heap.bytes",
      "Heap that the turns on this node take: what they are given, of `tidemark.memory.turn-bytes`, "
          + "and their answers"),
  TURNS_ENDED(
      Kind.COUNTER,
      "tidemark.turns.ended",
      "Turns that ended on this node",
      "outcome",
      List.of("completed", "failed", "aborted", "interrupted")),

  REFUSALS(
      Kind.COUNTER,
      "tidemark.refusals",
      "Requests and frames that were refused",
      "code",
      RefusalCodes.all()),
  REFUSALS_LUMPED(
      Kind.COUNTER,
      "tidemark.refusals.lumped",
      "Refusals that were counted without address and session"),
  RECORDS_WAITING(
      Kind.GAUGE, "tidemark.records.waiting", "Leaves and resyncs that are to be recorded"),
  RECORDS_LOST(
      Kind.COUNTER,
      "tidemark.records.lost",
      "Records that were lost before they could be written",
      "kind",
      List.of("leave", "resync", "refusal", "sign_in", "rest_reading")),

  ADMIN_ACTIONS_FAILED(
      Kind.COUNTER,
      "tidemark.admin.actions.failed",
      "Actions of administrators and logouts by the provider that were not done, because the"
          + " database did not take their record"),

  PURGE_EVENTS(Kind.COUNTER, "tidemark.purge.events", "Events that passed below a floor"),
  PURGE_FAILURES(Kind.COUNTER, "tidemark.purge.failures", "Purges that failed"),
  PURGE_FINISHED(
      Kind.GAUGE,
      "tidemark.purge.finished.timestamp.seconds",
      "Unix time at which this node's newest purge without a failure ended, or at which the node"
          + " started"),
  PURGE_HELD_UP(
      Kind.GAUGE,
      "tidemark.purge.held.up.seconds",
      "Time since which no purge of this node could move a day because its tables were in use; 0"
          + " while none has to be moved or one could"),
  CLEANUP_FINISHED(
      Kind.GAUGE,
      "tidemark.cleanup.finished.timestamp.seconds",
      "Unix time at which this node's newest clean-up of records without a failure ended, or at"
          + " which the node started"),
  PARTITIONS_AHEAD(
      Kind.GAUGE,
      "tidemark.partitions.ahead",
      "Days from today on, without a gap, whose partition exists; NaN until the first look");

  /** The kind of a metric, as Prometheus names it. */
  public enum Kind {
    GAUGE,
    COUNTER,
    HISTOGRAM
  }

  static final String PREFIX = "tidemark.";

  private final Kind kind;
  private final String id;
  private final String help;
  private final Latency latency;
  private final String label;

  @SuppressWarnings("ImmutableEnumChecker") // each is unmodifiable
  private final List<String> values;

  Metric(Kind kind, String id, String help) {
    this(kind, id, help, null, null, List.of());
  }

  Metric(Kind kind, String id, String help, String label, List<String> values) {
    this(kind, id, help, null, label, values);
  }

  Metric(String id, String help, Latency latency) {
    this(Kind.HISTOGRAM, id, help, latency, null, List.of());
  }

  Metric(String id, String help, Latency latency, String label, List<String> values) {
    this(Kind.HISTOGRAM, id, help, latency, label, values);
  }

  Metric(Kind kind, String id, String help, Latency latency, String label, List<String> values) {
    this.kind = kind;
    this.id = id;
    this.help = help;
    this.latency = latency;
    this.label = label;
    this.values = values;
  }

  public Kind kind() {
    return kind;
  }

  /** The name in the registry. */
  String id() {
    return id;
  }

  /** The name at {@code /metrics}; of a histogram without {@code _bucket} and its like. */
  public String prometheusName() {
    String name = id.replace('.', '_');
    return switch (kind) {
      case GAUGE -> name;
      case COUNTER -> name + "_total";
      case HISTOGRAM -> name + "_seconds";
    };
  }

  public String help() {
    return help;
  }

  /** The unit, {@code "seconds"} or {@code "bytes"}; empty for a number of things. */
  Optional<String> unit() {
    return Stream.of("seconds", "bytes").filter(prometheusName()::endsWith).findFirst();
  }

  /** The upper bounds of a histogram's buckets. */
  Latency latency() {
    return latency;
  }

  /** The name of its label, if it has one. */
  public Optional<String> label() {
    return Optional.ofNullable(label);
  }

  /** All values of its label. */
  public List<String> labelValues() {
    return values;
  }
}
