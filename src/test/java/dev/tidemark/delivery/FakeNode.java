package dev.tidemark.delivery;

import dev.tidemark.session.DeliveryRecord;
import dev.tidemark.session.ResyncRecord;
import dev.tidemark.wire.EncodedEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** A node in memory: looks at subscriptions when the test says so, and reads nothing by itself. */
final class FakeNode implements DeliveryContext {
  private final Queue<Subscription> ready = new ArrayDeque<>();
  private final List<ReadRequest> requests = new ArrayList<>();
  private final List<EncodedEvent.Heard> handedOver = new ArrayList<>();
  private final List<Long> readAhead = new ArrayList<>();
  private final List<ResyncRecord> resyncs = new ArrayList<>();
  private final List<Subscription> unsubscribed = new ArrayList<>();

  /** What the next read throws; {@code null} if nothing is wrong. */
  private Error readError;

  /** Looks at all subscriptions that are ready, until none is. */
  void run() {
    while (!ready.isEmpty()) {
      look(ready.remove());
    }
  }

  int ready() {
    return ready.size();
  }

  /** Returns the reads that were requested since the last call. */
  List<ReadRequest> requests() {
    List<ReadRequest> taken = List.copyOf(requests);
    requests.clear();
    return taken;
  }

  void failNextRead(Error error) {
    readError = error;
  }

  List<Long> readAhead() {
    return readAhead;
  }

  List<ResyncRecord> resyncs() {
    return resyncs;
  }

  List<Subscription> unsubscribed() {
    return unsubscribed;
  }

  /** Takes how the node heard of the first live event of each look. */
  @Override
  public void handedOver(EncodedEvent.Heard heard) {
    handedOver.add(heard);
  }

  List<EncodedEvent.Heard> handedOver() {
    return handedOver;
  }

  @Override
  public void ready(Subscription subscription) {
    ready.add(subscription);
  }

  @Override
  public void look(Subscription subscription) {
    int claimed = subscription.claim();
    boolean more = subscription.look();
    if (subscription.release(claimed, more)) {
      ready.add(subscription);
    }
  }

  @Override
  public void read(Feed feed, ReadRequest request, Subscription subscription) {
    Error error = readError;
    readError = null;
    if (error != null) {
      throw error;
    }
    requests.add(request);
  }

  @Override
  public void readAhead(Feed feed, String epoch, long cursor) {
    readAhead.add(cursor);
  }

  @Override
  public void resynced(DeliveryRecord deliveryRecord, ResyncRecord resyncRecord) {
    resyncs.add(resyncRecord);
  }

  @Override
  public void unsubscribed(Feed feed, Subscription subscription) {
    unsubscribed.add(subscription);
  }
}
