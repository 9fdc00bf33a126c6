package dev.tidemark.session;

/**
 * The key under which the deliveries to one client are recorded, from its join until it leaves.
 * Instances are equal only to themselves.
 */
public final class DeliveryRecord {
  private final long joinId;
  private final long sessionKey;
  private final JoinRequest request;

  DeliveryRecord(long joinId, long sessionKey, JoinRequest request) {
    this.joinId = joinId;
    this.sessionKey = sessionKey;
    this.request = request;
  }

  long joinId() {
    return joinId;
  }

  long sessionKey() {
    return sessionKey;
  }

  String sessionId() {
    return request.sessionId();
  }

  Client client() {
    return request.client();
  }

  String connectionId() {
    return client().connectionId().toString();
  }

  /** Names the client and its session, for messages to the operator. */
  @Override
  public String toString() {
    return "%s in session '%s'".formatted(client(), sessionId());
  }

  /**
   * A client's progress in its session.
   *
   * @param sentCursor last cursor that was handed to the socket
   * @param inFlight number of messages that have not left the process; at least 1 once a send has
   *     failed
   * @param resyncs number of resyncs since the join; the cursor counts from the last one
   */
  public record Progress(long sentCursor, int inFlight, int resyncs) {
    /** Whether this progress adds anything to the progress already written. */
    boolean isNewsAfter(Progress written) {
      return sentCursor != written.sentCursor
          || resyncs != written.resyncs
          || (inFlight == 0 && written.inFlight > 0);
    }
  }
}
