package dev.tidemark.config;

import java.time.Duration;

/** Limits on requests of HTTP and their bodies: a part of {@code tidemark.access}. */
public final class RequestSettings {
  static final SettingList LIST = new SettingList();

  public static final Setting<Integer> REQUESTS_PER_MINUTE =
      LIST.count(
          "tidemark.access.requests-per-minute",
          6_000,
          1,
          10_000_000,
          "REST requests of one principal a minute on one node; one more gets 429.");
  public static final Setting<Integer> PUBLISHES_PER_MINUTE =
      LIST.count(
          "tidemark.access.publishes-per-minute",
          30_000,
          1,
          10_000_000,
          "The same for a principal with the role `publisher`, which is a program.");
  public static final Setting<Integer> REQUESTS_AT_ONCE =
      LIST.count(
          "tidemark.access.requests-at-once",
          8,
          1,
          10_000,
          "REST requests of one principal that a node works on at a time; one more gets 429.");
  public static final Setting<Integer> THREADS_PER_CALLER =
      LIST.count(
          "tidemark.access.threads-per-caller",
          2,
          1,
          10_000,
          "Threads at a time for the frames of one principal, and for requests with the same "
              + "credentials from one address; others of them stand in line.");
  public static final Setting<Integer> TASK_THREADS =
      LIST.count(
          "tidemark.access.task-threads",
          0,
          0,
          10_000,
          "Task threads of the server (`task-max-threads` of its worker), of which requests of one "
              + "address take half at most; 0 stands for 16 for each processor, which is the "
              + "server's own default.");
  public static final Setting<Integer> REQUESTS_WAITING =
      LIST.count(
          "tidemark.access.requests-waiting",
          10_000,
          1,
          1_000_000,
          "Requests of one address that stand in line for such a thread; one more gets 429.");
  public static final Setting<Integer> BODIES_PER_ADDRESS =
      LIST.count(
          "tidemark.access.bodies-per-address",
          100,
          1,
          1_000_000,
          "Request bodies of one address that are on their way, each of more than one packet; one "
              + "more gets 429.");
  public static final Setting<Duration> BODY_TIME =
      LIST.millis(
          "tidemark.access.body-millis",
          10_000,
          100,
          600_000,
          "How long the body of a request may take; then 408, and the connection is closed.");
  public static final Setting<Duration> RESPONSE_TIME =
      LIST.millis(
          "tidemark.access.response-millis",
          60_000,
          1_000,
          3_600_000,
          "How long a client may take for a response, from its first byte; then its connection is "
              + "closed.");
  public static final Setting<Long> BODY_BYTES =
      LIST.bytes(
          "tidemark.access.body-bytes",
          8_192,
          1_024,
          8_192,
          "Largest body of a REST request but for a published event, which may have"
              + " `tidemark.wire.max-payload-bytes`, and for the provider's logout; a larger one"
              + " gets 413.");
  public static final Setting<Long> ANONYMOUS_BODY_BYTES =
      LIST.bytes(
          "tidemark.access.anonymous-body-bytes",
          2_048,
          512,
          8_192,
          "The same for a request without credentials, and for the login form.");
  public static final Setting<Long> PAGE_TARGET_BYTES =
      LIST.bytes(
          "tidemark.access.page-target-bytes",
          2_048,
          256,
          65_536,
          "Longest address of a page, or of a handshake, in a request, with its query, in which the "
              + "identity provider sends its code; a longer one gets 414.");

  private RequestSettings() {}
}
