package dev.tidemark.config;

import java.time.Duration;
import java.util.Set;

/** Limits, tickets, revocations and origins: {@code tidemark.access}. */
public final class AccessSettings {
  static final SettingList LIST = new SettingList();

  public static final Setting<Integer> CONNECTIONS_PER_PRINCIPAL =
      LIST.count(
          "tidemark.access.connections-per-principal",
          2_000,
          1,
          1_000_000,
          "Open connections of one principal on one node; one more closes with 4029.");
  public static final Setting<Integer> JOINS_PER_MINUTE =
      LIST.count(
          "tidemark.access.joins-per-minute",
          2_000,
          1,
          10_000_000,
          "Joins of one principal a minute on one node; one more closes with 4029.");
  public static final Setting<Integer> MESSAGES_PER_MINUTE =
      LIST.count(
          "tidemark.access.messages-per-minute",
          6_000,
          1,
          10_000_000,
          "Messages of one principal a minute on one node; one more is refused and may be sent again later.");
  public static final Setting<Integer> CONNECTIONS_PER_ADDRESS =
      LIST.count(
          "tidemark.access.connections-per-address",
          10_000,
          1,
          1_000_000,
          "Open connections from one address on one node; one more gets 429, or closes with 4029.");
  public static final Setting<Integer> FAILURES_PER_MINUTE =
      LIST.count(
          "tidemark.access.failures-per-minute",
          300,
          1,
          10_000_000,
          "Requests, handshakes and logins from one address a minute that fail to say who it is; then 429.");
  public static final Setting<Integer> LIMITS_KEPT =
      LIST.count(
          "tidemark.access.limits-kept",
          100_000,
          100,
          10_000_000,
          "Principals, and addresses, whose last minute is remembered for each limit; the least used leave first.");
  public static final Setting<Duration> JOIN_WITHIN =
      LIST.millis(
          "tidemark.access.join-within-millis",
          30_000,
          100,
          3_600_000,
          "A connection that has said neither hello nor join for so long closes with 4002.");
  public static final Setting<Duration> TICKET_LIFE =
      LIST.millis(
          "tidemark.access.ticket-millis",
          30_000,
          1_000,
          300_000,
          "How long a ticket for a handshake may be spent.");
  public static final Setting<Integer> TICKETS_PER_PRINCIPAL =
      LIST.count(
          "tidemark.access.tickets-per-principal",
          100,
          1,
          10_000,
          "Tickets of one principal that may be unspent; one more is refused with 429.");
  public static final Setting<Duration> RECORD_EVERY =
      LIST.millis(
          "tidemark.access.record-every-millis",
          30_000,
          100,
          3_600_000,
          "How often it is written down how far clients were sent their sessions, and what was refused.");
  public static final Setting<Integer> MEMBERS_PER_SESSION =
      LIST.count(
          "tidemark.access.members-per-session",
          100,
          1,
          10_000,
          "Principals with whom the owner of a session may share it; one more is refused.");
  public static final Setting<Integer> REFUSALS_KEPT =
      LIST.count(
          "tidemark.access.refusals-kept",
          1_000,
          1,
          100_000,
          "Kinds of refusals of such an interval that are told apart by who asked; more are only counted.");
  public static final Setting<Duration> REVOCATION =
      LIST.millis(
          "tidemark.access.revocation-millis",
          86_400_000,
          60_000,
          31_536_000_000L,
          "How long credentials from before a revocation are refused; longer than any token lives.");
  public static final Setting<Duration> REVOCATION_POLL =
      LIST.millis(
          "tidemark.access.revocation-poll-millis",
          5_000,
          50,
          600_000,
          "How often revocations are looked for in case a hint from another node was lost.");
  public static final Setting<Integer> LOGOUT_FAILURES_PER_MINUTE =
      LIST.count(
          "tidemark.access.logout-failures-per-minute",
          600,
          1,
          10_000_000,
          "Back-channel logout requests of one address a minute that are refused; then 429.");
  public static final Setting<Duration> LOGIN_IDLE =
      LIST.millis(
          "tidemark.access.login-idle-millis",
          28_800_000,
          1_000,
          604_800_000,
          "A browser's login without requests, frames and events for so long ends, in whole seconds.");
  public static final Setting<Set<String>> ORIGINS =
      LIST.origins(
          "tidemark.access.origins",
          "Origins beside the gateway's own from which a browser may connect, with commas in between: `https://app.example.com,https://admin.example.com`. Their scripts may also call REST, with a token of their own and without cookies.");
  public static final Setting<Set<String>> FORM_TARGETS =
      LIST.origins(
          "tidemark.access.form-targets",
          "Origins beside the gateway's own to which a form of its page may lead, written the same way: the identity provider's, where signing out is a form that is sent on to it.");
  public static final Setting<Boolean> SECURE_COOKIES =
      LIST.flag(
          "tidemark.access.secure-cookies",
          true,
          "Cookies are for https only. `false` is for development on one machine, and set by `mvn -Prun`; anything else refuses the deployment.");

  private AccessSettings() {}
}
