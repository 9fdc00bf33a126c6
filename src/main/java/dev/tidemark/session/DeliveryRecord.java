package dev.tidemark.session;

/**
 * A client that has joined a session, for as long as it stays: what the record of its reading is
 * written under. Each is one of its own.
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

  /**
   * How far a client was sent its session.
   *
   * @param sentCursor the last cursor that was handed to the socket
   * @param inFlight messages that have not left the process; at least 1 once a send has failed
   * @param resyncs how many resyncs it has had since it joined; the cursor counts from the last
   */
  public record Progress(long sentCursor, int inFlight, int resyncs) {
    /** Whether there is something new to write down. */
    boolean isNewsAfter(Progress written) {
      return sentCursor != written.sentCursor
          || resyncs != written.resyncs
          || (inFlight == 0 && written.inFlight > 0);
    }
  }
}
