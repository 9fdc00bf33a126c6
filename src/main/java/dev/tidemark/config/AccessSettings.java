package dev.tidemark.config;

import java.time.Duration;
import java.util.Optional;
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
          "Messages of one principal a minute on one node; one more is refused and may be sent "
              + "again later.");
  public static final Setting<Integer> ABORTS_PER_MINUTE =
      LIST.count(
          "tidemark.access.aborts-per-minute",
          600,
          1,
          10_000_000,
          "Aborts of one principal a minute on one node; one more is refused.");
  public static final Setting<Integer> FRAMES_PER_MINUTE =
      LIST.count(
          "tidemark.access.frames-per-minute",
          60_000,
          1,
          100_000_000,
          "Frames of any kind of one principal a minute on one node, also malformed ones; one more "
              + "closes with 1013.");
  public static final Setting<Long> BYTES_PER_SECOND =
      LIST.bytes(
          "tidemark.access.bytes-per-second",
          1_048_576,
          1_024,
          1_000_000_000,
          "Bytes of frames and request bodies of one principal a second on one node: its sockets "
              + "are read, and frames above 16 KiB handled, no faster, and another request gets "
              + "429.");
  public static final Setting<Integer> SESSIONS_PER_PRINCIPAL =
      LIST.count(
          "tidemark.access.sessions-per-principal",
          100_000,
          0,
          10_000_000,
          "Sessions that one principal may own; one more is not created. 0: no limit.");
  public static final Setting<Integer> SESSIONS_PER_TENANT =
      LIST.count(
          "tidemark.access.sessions-per-tenant",
          0,
          0,
          100_000_000,
          "The same for all principals of a tenant. 0: no limit.");
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
          "Failed authentications of one address a minute: requests, handshakes and logins; then "
              + "429.");
  public static final Setting<Integer> FAILURES_PER_ACCOUNT =
      LIST.count(
          "tidemark.access.failures-per-account",
          10,
          1,
          10_000_000,
          "Wrong passwords of one address for one account in a quarter of an hour; then 429 for "
              + "that account from there.");
  public static final Setting<Integer> LIMITS_KEPT =
      LIST.count(
          "tidemark.access.limits-kept",
          100_000,
          100,
          10_000_000,
          "Principals, and addresses, that each limit remembers; the least used leave first.");
  public static final Setting<Duration> JOIN_WITHIN =
      LIST.millis(
          "tidemark.access.join-within-millis",
          30_000,
          100,
          3_600_000,
          "A connection without a hello or join for this long closes with 4002.");
  public static final Setting<Duration> TICKET_LIFE =
      LIST.millis(
          "tidemark.access.ticket-millis",
          30_000,
          1_000,
          300_000,
          "How long a ticket for a handshake is valid.");
  public static final Setting<Integer> TICKETS_PER_PRINCIPAL =
      LIST.count(
          "tidemark.access.tickets-per-principal",
          100,
          1,
          10_000,
          "Unspent tickets of one principal; one more is refused with 429.");
  public static final Setting<Duration> RECORD_EVERY =
      LIST.millis(
          "tidemark.access.record-every-millis",
          30_000,
          100,
          3_600_000,
          "How often the delivery record, refusals, sign-ins and reads by REST are written to the "
              + "database.");
  public static final Setting<Integer> MEMBERS_PER_SESSION =
      LIST.count(
          "tidemark.access.members-per-session",
          100,
          1,
          10_000,
          "Members of one session; one more is refused.");
  public static final Setting<Integer> REFUSALS_KEPT =
      LIST.count(
          "tidemark.access.refusals-kept",
          1_000,
          1,
          100_000,
          "Kinds of refusals told apart at a time, of one requester a twentieth of them; more are "
              + "counted by requester, without program and session, and a principal without "
              + "address.");
  public static final Setting<Integer> SIGN_INS_KEPT =
      LIST.count(
          "tidemark.access.sign-ins-kept",
          10_000,
          1,
          1_000_000,
          "Different sign-ins, and different reads by REST, told apart at a time, of one principal "
              + "a twentieth of them; more are counted by principal, without address, program and "
              + "session. Principals above this number are lost, and "
              + "`tidemark_records_lost_total` says how many.");
  public static final Setting<Duration> REVOCATION =
      LIST.millis(
          "tidemark.access.revocation-millis",
          86_400_000,
          60_000,
          31_536_000_000L,
          "How long credentials from before a revocation are refused; longer than any token "
              + "lives.");
  public static final Setting<Duration> REVOCATION_POLL =
      LIST.millis(
          "tidemark.access.revocation-poll-millis",
          5_000,
          50,
          600_000,
          "How often revocations are read, in case a hint from another node was lost.");
  public static final Setting<Integer> LOGOUT_FAILURES_PER_MINUTE =
      LIST.count(
          "tidemark.access.logout-failures-per-minute",
          600,
          1,
          10_000_000,
          "Refused back-channel logout requests of one address a minute; then 429.");
  public static final Setting<Duration> LOGIN_IDLE =
      LIST.millis(
          "tidemark.access.login-idle-millis",
          28_800_000,
          1_000,
          604_800_000,
          "A browser's login ends after this long without requests, frames and events; whole "
              + "seconds.");
  public static final Setting<Integer> LOGINS_PER_PRINCIPAL =
      LIST.count(
          "tidemark.access.logins-per-principal",
          100,
          1,
          1_000_000,
          "Browser logins of one principal on one node; for one more the oldest ends.");
  public static final Setting<Duration> LOGIN_FORM =
      LIST.millis(
          "tidemark.access.login-form-millis",
          600_000,
          1_000,
          3_600_000,
          "How long the server remembers where a visitor who has not signed in wanted to go, and a "
              + "sign-in that nothing followed; whole seconds.");
  public static final Setting<Integer> LOGIN_FORMS_PER_ADDRESS =
      LIST.count(
          "tidemark.access.login-forms-per-address",
          500,
          1,
          1_000_000,
          "Such visits of one address that a node remembers; one more gets 429.");
  public static final Setting<Duration> LOGIN_LEASE =
      LIST.millis(
          "tidemark.access.login-lease-millis",
          60_000,
          1_000,
          3_600_000,
          "How long the sockets that were opened on other nodes with tickets of a browser's login "
              + "outlive the login's node.");
  public static final Setting<Set<String>> ORIGINS =
      LIST.origins(
          "tidemark.access.origins",
          "Further origins from which a browser may connect, separated by commas: "
              + "`https://app.example.com,https://admin.example.com`. Their scripts may also call "
              + "REST, with a token of their own and without cookies.");
  public static final Setting<Optional<TrustedProxies>> TRUSTED_PROXIES =
      LIST.optional(
          "tidemark.access.trusted-proxies",
          SettingList.NONE,
          "The proxies whose word on the client's address, scheme and host counts: their addresses "
              + "and networks, separated by commas (`10.0.0.5,10.1.0.0/16,fd00::/64`), or how many "
              + "there are in a row (`1`), if nobody reaches the server without them. Without it "
              + "the client is whoever connects.",
          TrustedProxies::parse);
  public static final Setting<ProxyHeaders> PROXY_HEADERS =
      LIST.word(
          "tidemark.access.proxy-headers",
          ProxyHeaders.X_FORWARDED,
          "The headers that the trusted proxies write: `x-forwarded` (`X-Forwarded-For`, `-Proto`, "
              + "`-Host`) or `forwarded` (RFC 7239). The others are not read.",
          ProxyHeaders::parse);
  public static final Setting<Set<String>> FORM_TARGETS =
      LIST.origins(
          "tidemark.access.form-targets",
          "Further origins to which a form of the page may lead, written the same way: the "
              + "identity provider's, where signing out is a form that is sent on to it.");
  public static final Setting<Boolean> SECURE_COOKIES =
      LIST.flag(
          "tidemark.access.secure-cookies",
          true,
          "Cookies are for https only. `false` is for development on one machine, and set by "
              + "`mvn -Prun`; anything else refuses the deployment.");

  private AccessSettings() {}
}
