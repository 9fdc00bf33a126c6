package dev.tidemark.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;

/** How long events and records are kept: {@code tidemark.retention}. */
public final class RetentionSettings {
  static final SettingList LIST = new SettingList();

  public static final Setting<Duration> REPLAY_AGE =
      LIST.millis(
          "tidemark.retention.replay-age-millis",
          604_800_000,
          1,
          3_153_600_000_000L,
          "Events older than this leave the replay window.");
  public static final Setting<Integer> REPLAY_EVENTS =
      LIST.count(
          "tidemark.retention.replay-events",
          100_000,
          1,
          1_000_000_000,
          "Events of a session in the replay window; deltas of finished turns do not count.");
  public static final Setting<Duration> HISTORY_AGE =
      LIST.millis(
          "tidemark.retention.history-age-millis",
          34_560_000_000L,
          1,
          31_536_000_000_000L,
          "A day older than this has reached the end of its history; see "
              + "`tidemark.retention.history-end`.");
  public static final Setting<Duration> PURGE_EVERY =
      LIST.millis(
          "tidemark.retention.purge-every-millis",
          60_000,
          100,
          86_400_000,
          "How often the purge runs.");
  public static final Setting<Integer> PURGE_SESSIONS =
      LIST.count(
          "tidemark.retention.purge-sessions",
          100,
          1,
          100_000,
          "Sessions whose floors are raised in one transaction.");
  public static final Setting<Integer> PARTITION_DAYS =
      LIST.days(
          "tidemark.retention.partition-days", 7, 1, 366, "Days ahead for which partitions exist.");
  public static final Setting<Integer> RECORD_DAYS =
      LIST.days(
          "tidemark.retention.record-days",
          400,
          1,
          36_500,
          "How long the records of joins, deliveries, refusals, sign-ins, reads by REST and "
              + "administration are kept.");
  public static final Setting<HistoryEnd> HISTORY_END =
      LIST.word(
          "tidemark.retention.history-end",
          HistoryEnd.KEEP,
          "What the purge does with a day at the end of its history: `keep` leaves it in the "
              + "history, `archive` takes it out and lets it wait for the archive command, `drop` "
              + "drops it for good.",
          HistoryEnd::parse);
  public static final Setting<Boolean> OWNER_RAISES_FLOOR =
      LIST.flag(
          "tidemark.retention.owner-raises-floor",
          false,
          "Whether the owner of a session may raise its floor, as an administrator may. `true` "
              + "is for development on one machine without a proxy, and set by `mvn -Prun`: it is "
              + "granted to callers of this machine only, and refuses the deployment on a server "
              + "that listens elsewhere.");

  private RetentionSettings() {}

  /**
   * Returns a message if other machines could use the owner's right.
   *
   * @param boundAddress the address at which the server listens
   */
  static List<String> conflicts(Settings settings, String boundAddress) {
    return settings.get(OWNER_RAISES_FLOOR) && !isLoopback(boundAddress)
        ? List.of(
            OWNER_RAISES_FLOOR.key()
                + " is for development on one machine, but this server listens on "
                + boundAddress)
        : List.of();
  }

  private static boolean isLoopback(String address) {
    try {
      return InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
