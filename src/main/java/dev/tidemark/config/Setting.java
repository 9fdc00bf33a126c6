package dev.tidemark.config;

import java.util.Locale;

/**
 * Every number that an operator may set, with its unit, default and limits. This list is the only
 * place where a setting is declared: {@code docs/configuration.md} is checked against it, and
 * {@link Settings} refuses values outside the limits.
 */
public enum Setting {
  MAX_PAYLOAD(
      "tidemark.wire.max-payload-bytes",
      Unit.BYTES,
      1_048_576,
      1_024,
      67_108_864,
      "Largest text message that a client may send; a larger one closes with 1009."),
  MAX_BAD_FRAMES(
      "tidemark.wire.max-bad-frames",
      Unit.COUNT,
      10,
      1,
      10_000,
      "Malformed frames that one connection may send; the next one closes with 4028."),
  HEARTBEAT(
      "tidemark.wire.heartbeat-millis",
      Unit.MILLIS,
      30_000,
      100,
      600_000,
      "How often a connection gets a ping that carries the head of its session."),
  SILENCE(
      "tidemark.wire.silence-millis",
      Unit.MILLIS,
      75_000,
      200,
      3_600_000,
      "A connection from which nothing came for so long, not even a pong, closes with 4002."),
  MAILBOX_FRAMES(
      "tidemark.inbound.mailbox-frames",
      Unit.COUNT,
      1_024,
      1,
      100_000,
      "Frames of one connection that may wait to be handled; one more closes with 1013."),
  MAILBOX_BYTES(
      "tidemark.inbound.mailbox-bytes",
      Unit.BYTES,
      8_388_608,
      1_024,
      1_073_741_824,
      "Bytes of one connection's frames that may wait to be handled; more closes with 1013."),
  WINDOW_BYTES(
      "tidemark.delivery.window-bytes",
      Unit.BYTES,
      65_536,
      1_024,
      16_777_216,
      "Bytes in flight to one client; a single larger frame still goes, alone."),
  WINDOW_FRAMES(
      "tidemark.delivery.window-frames",
      Unit.COUNT,
      32,
      1,
      48,
      "Frames in flight to one client; the server stops reading from a peer above 50."),
  REPLAYS(
      "tidemark.delivery.replays",
      Unit.COUNT,
      128,
      1,
      10_000,
      "Clients that are replayed to at the same time; the others wait in line."),
  BATCH_BYTES(
      "tidemark.delivery.batch-bytes",
      Unit.BYTES,
      65_536,
      1_024,
      16_777_216,
      "Size of a text message of several frames, to clients that named batch."),
  PAGE_EVENTS(
      "tidemark.delivery.page-events",
      Unit.COUNT,
      1_024,
      1,
      10_000,
      "Events that are read from the log, and kept in memory or forgotten, together."),
  PAGE_BYTES(
      "tidemark.delivery.page-bytes",
      Unit.BYTES,
      1_048_576,
      1_024,
      67_108_864,
      "Payload bytes that are read from the log at once (at least one event)."),
  TAIL_EVENTS(
      "tidemark.delivery.tail-events",
      Unit.COUNT,
      131_072,
      0,
      100_000_000,
      "Events that the node keeps in memory for its clients, of all sessions together."),
  TAIL_BYTES(
      "tidemark.delivery.tail-bytes",
      Unit.BYTES,
      67_108_864,
      0,
      17_179_869_184L,
      "About the memory that those events may take; the least used leave first."),
  STALL(
      "tidemark.delivery.stall-millis",
      Unit.MILLIS,
      60_000,
      100,
      3_600_000,
      "A client that takes nothing of what is in flight for so long is closed with 1013."),
  LINGER(
      "tidemark.delivery.linger-millis",
      Unit.MILLIS,
      10_000,
      100,
      600_000,
      "After that close, how long its frame may wait for the client before the connection is cut."),
  POLL(
      "tidemark.delivery.poll-millis",
      Unit.MILLIS,
      5_000,
      50,
      600_000,
      "How often heads are read again in case a wake-up from another node was lost."),
  WAKE_UP_GATHER(
      "tidemark.delivery.wake-up-gather-millis",
      Unit.MILLIS,
      5,
      0,
      1_000,
      "How long wake-ups to other nodes gather before one notification carries them."),
  SNAPSHOT_MESSAGES(
      "tidemark.snapshot.messages", Unit.COUNT, 200, 0, 100_000, "Newest messages in a snapshot."),
  SNAPSHOT_EVENTS(
      "tidemark.snapshot.events",
      Unit.COUNT,
      50,
      0,
      10_000,
      "Newest retained events in a snapshot."),
  SNAPSHOT_BYTES(
      "tidemark.snapshot.bytes",
      Unit.BYTES,
      1_048_576,
      1_024,
      67_108_864,
      "Bytes of messages, and again of events, in a snapshot; the oldest are left out."),
  EVENT_BYTES(
      "tidemark.log.event-bytes",
      Unit.BYTES,
      1_179_648,
      1_024,
      67_108_864,
      "Largest payload of one event, and the largest answer of a turn."),
  LOG_WRITERS(
      "tidemark.log.writers",
      Unit.COUNT,
      2,
      1,
      32,
      "Writers that append for all sessions, each with a database connection while it is busy."),
  LOG_BATCH_EVENTS(
      "tidemark.log.batch-events",
      Unit.COUNT,
      500,
      1,
      100_000,
      "Events that a writer puts into one transaction (at least one append)."),
  LOG_BATCH_BYTES(
      "tidemark.log.batch-bytes",
      Unit.BYTES,
      4_194_304,
      1_024,
      1_073_741_824,
      "Payload bytes that a writer puts into one transaction (at least one append)."),
  LOG_QUEUE_EVENTS(
      "tidemark.log.queue-events",
      Unit.COUNT,
      20_000,
      1,
      10_000_000,
      "Events that may wait for one writer; a client's message above is refused with unavailable, a turn waits."),
  LOG_QUEUE_BYTES(
      "tidemark.log.queue-bytes",
      Unit.BYTES,
      33_554_432,
      1_024,
      4_294_967_296L,
      "Payload bytes that may wait for one writer; above, the same."),
  STATE_BYTES(
      "tidemark.session.state-bytes",
      Unit.BYTES,
      262_144,
      1_024,
      67_108_864,
      "Largest state of a session."),
  CONNECTIONS_PER_PRINCIPAL(
      "tidemark.access.connections-per-principal",
      Unit.COUNT,
      2_000,
      1,
      1_000_000,
      "Open connections of one principal on one node; one more closes with 4029."),
  JOINS_PER_MINUTE(
      "tidemark.access.joins-per-minute",
      Unit.COUNT,
      2_000,
      1,
      10_000_000,
      "Joins of one principal a minute on one node; one more closes with 4029."),
  MESSAGES_PER_MINUTE(
      "tidemark.access.messages-per-minute",
      Unit.COUNT,
      6_000,
      1,
      10_000_000,
      "Messages of one principal a minute on one node; one more is refused and may be sent again later."),
  CONNECTIONS_PER_ADDRESS(
      "tidemark.access.connections-per-address",
      Unit.COUNT,
      10_000,
      1,
      1_000_000,
      "Open connections from one address on one node; one more gets 429, or closes with 4029."),
  FAILURES_PER_MINUTE(
      "tidemark.access.failures-per-minute",
      Unit.COUNT,
      300,
      1,
      10_000_000,
      "Requests, handshakes and logins from one address a minute that fail to say who it is; then 429."),
  LIMITS_KEPT(
      "tidemark.access.limits-kept",
      Unit.COUNT,
      100_000,
      100,
      10_000_000,
      "Principals, and addresses, whose last minute is remembered for each limit; the least used leave first."),
  JOIN_WITHIN(
      "tidemark.access.join-within-millis",
      Unit.MILLIS,
      30_000,
      100,
      3_600_000,
      "A connection that has said neither hello nor join for so long closes with 4002."),
  TICKET_LIFE(
      "tidemark.access.ticket-millis",
      Unit.MILLIS,
      30_000,
      1_000,
      300_000,
      "How long a ticket for a handshake may be spent."),
  TICKETS_PER_PRINCIPAL(
      "tidemark.access.tickets-per-principal",
      Unit.COUNT,
      100,
      1,
      10_000,
      "Tickets of one principal that may be unspent; one more is refused with 429."),
  RECORD_EVERY(
      "tidemark.access.record-every-millis",
      Unit.MILLIS,
      30_000,
      100,
      3_600_000,
      "How often it is written down how far clients were sent their sessions, and what was refused."),
  MEMBERS(
      "tidemark.access.members-per-session",
      Unit.COUNT,
      100,
      1,
      10_000,
      "Principals with whom the owner of a session may share it; one more is refused."),
  REFUSALS_KEPT(
      "tidemark.access.refusals-kept",
      Unit.COUNT,
      1_000,
      1,
      100_000,
      "Kinds of refusals of such an interval that are told apart by who asked; more are only counted."),
  REVOCATION(
      "tidemark.access.revocation-millis",
      Unit.MILLIS,
      86_400_000,
      60_000,
      31_536_000_000L,
      "How long credentials from before a revocation are refused; longer than any token lives."),
  REVOCATION_POLL(
      "tidemark.access.revocation-poll-millis",
      Unit.MILLIS,
      5_000,
      50,
      600_000,
      "How often revocations are looked for in case a hint from another node was lost."),
  LOGOUT_FAILURES_PER_MINUTE(
      "tidemark.access.logout-failures-per-minute",
      Unit.COUNT,
      600,
      1,
      10_000_000,
      "Back-channel logout requests of one address a minute that are refused; then 429."),
  LOGIN_IDLE(
      "tidemark.access.login-idle-millis",
      Unit.MILLIS,
      28_800_000,
      1_000,
      604_800_000,
      "A browser's login without requests, frames and events for so long ends, in whole seconds."),
  OIDC_CLOCK_SKEW(
      "tidemark.oidc.clock-skew-millis",
      Unit.MILLIS,
      10_000,
      0,
      300_000,
      "How far the provider's clock may be from this node's when a token is judged."),
  OIDC_TOKEN_BYTES(
      "tidemark.oidc.token-bytes",
      Unit.BYTES,
      16_384,
      1_024,
      65_536,
      "Longest token that is looked at; the frame auth takes 16384 at most."),
  OIDC_TIMEOUT(
      "tidemark.oidc.timeout-millis",
      Unit.MILLIS,
      2_000,
      100,
      10_000,
      "How long the provider may take to be connected to, and again for each read of its answer."),
  OIDC_ANSWER_BYTES(
      "tidemark.oidc.answer-bytes",
      Unit.BYTES,
      131_072,
      1_024,
      1_048_576,
      "Longest answer that is read from the provider."),
  OIDC_KEYS_AGE(
      "tidemark.oidc.keys-age-millis",
      Unit.MILLIS,
      300_000,
      60_000,
      86_400_000,
      "How long the provider's keys are used before they are fetched again."),
  OIDC_KEYS_INTERVAL(
      "tidemark.oidc.keys-interval-millis",
      Unit.MILLIS,
      10_000,
      100,
      30_000,
      "In such a time the provider's keys are fetched at most twice, whatever tokens come."),
  OIDC_KEYS_OUTAGE(
      "tidemark.oidc.keys-outage-millis",
      Unit.MILLIS,
      3_600_000,
      0,
      86_400_000,
      "How long known keys go on counting while the provider cannot be reached."),
  TURN_LEASE(
      "tidemark.turn.lease-millis",
      Unit.MILLIS,
      10_000,
      500,
      600_000,
      "A turn whose node has not renewed its lease for so long is taken from it."),
  TURN_SWEEP(
      "tidemark.turn.sweep-millis",
      Unit.MILLIS,
      2_000,
      50,
      60_000,
      "How often leases are renewed, lost turns found and forgotten queues started."),
  TURN_TIME_LIMIT(
      "tidemark.turn.time-limit-millis",
      Unit.MILLIS,
      1_800_000,
      100,
      86_400_000,
      "How long a turn may run before it fails with time_limit."),
  TURN_ABORT_GRACE(
      "tidemark.turn.abort-grace-millis",
      Unit.MILLIS,
      5_000,
      0,
      600_000,
      "How long an agent may take to stop before the turn is ended without it."),
  TURN_ATTEMPTS(
      "tidemark.turn.attempts",
      Unit.COUNT,
      3,
      1,
      100,
      "How often a message is tried when nodes die and its agent wants it retried."),
  STORAGE_PATIENCE(
      "tidemark.turn.storage-patience-millis",
      Unit.MILLIS,
      30_000,
      0,
      600_000,
      "How long a turn's output waits for a database that is away before the turn is left to its lease."),
  RETENTION_AGE(
      "tidemark.retention.replay-age-millis",
      Unit.MILLIS,
      604_800_000,
      1,
      3_153_600_000_000L,
      "Events older than this leave the replay window."),
  RETENTION_EVENTS(
      "tidemark.retention.replay-events",
      Unit.COUNT,
      100_000,
      1,
      1_000_000_000,
      "Events of a session in the replay window; deltas of finished turns do not count."),
  HISTORY_AGE(
      "tidemark.retention.history-age-millis",
      Unit.MILLIS,
      34_560_000_000L,
      1,
      31_536_000_000_000L,
      "A day older than this has reached the end of its history, see history-end."),
  PURGE_EVERY(
      "tidemark.retention.purge-every-millis",
      Unit.MILLIS,
      60_000,
      100,
      86_400_000,
      "How often the purge looks."),
  PURGE_SESSIONS(
      "tidemark.retention.purge-sessions",
      Unit.COUNT,
      100,
      1,
      100_000,
      "Sessions whose floors are raised in one transaction."),
  PARTITION_DAYS(
      "tidemark.retention.partition-days",
      Unit.DAYS,
      7,
      1,
      366,
      "Days ahead for which partitions exist."),
  RECORD_DAYS(
      "tidemark.retention.record-days",
      Unit.DAYS,
      400,
      1,
      36_500,
      "How long it is kept who joined, what they were sent, who was refused and what administrators did."),
  DRAIN_SPREAD(
      "tidemark.drain.spread-millis",
      Unit.MILLIS,
      5_000,
      0,
      600_000,
      "Time over which a draining node sends its clients away and asks them to come back."),
  DRAIN_TURNS(
      "tidemark.drain.turns-millis",
      Unit.MILLIS,
      20_000,
      0,
      3_600_000,
      "How long a stopping node waits for its turns before it hands them on.");

  /** What a value is counted in. */
  public enum Unit {
    BYTES,
    COUNT,
    DAYS,
    MILLIS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final String key;
  private final Unit unit;
  private final long defaultValue;
  private final long min;
  private final long max;
  private final String meaning;

  Setting(String key, Unit unit, long defaultValue, long min, long max, String meaning) {
    this.key = key;
    this.unit = unit;
    this.defaultValue = defaultValue;
    this.min = min;
    this.max = max;
    this.meaning = meaning;
  }

  public String key() {
    return key;
  }

  public Unit unit() {
    return unit;
  }

  public long defaultValue() {
    return defaultValue;
  }

  public long min() {
    return min;
  }

  public long max() {
    return max;
  }

  public String meaning() {
    return meaning;
  }
}
