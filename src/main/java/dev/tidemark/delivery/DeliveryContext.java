package dev.tidemark.delivery;

import dev.tidemark.session.DeliveryRecord;
import dev.tidemark.session.ResyncRecord;
import dev.tidemark.wire.EncodedEvent;

/** The services of the node that a subscription uses. Nothing here blocks. */
interface DeliveryContext {
  /** Queues a subscription for a look. */
  void ready(Subscription subscription);

  /** Looks at a subscription that was woken, on this thread. */
  void look(Subscription subscription);

  /** Requests a read; the subscription is given its result. */
  void read(Feed feed, ReadRequest request, Subscription subscription);

  /**
   * Requests the events from a cursor on, as far as they exist, before a subscription needs them.
   */
  void readAhead(Feed feed, String epoch, long cursor);

  /** Records that a client was sent a snapshot. */
  void resynced(DeliveryRecord deliveryRecord, ResyncRecord resyncRecord);

  /** Notes that a live client was just handed an event, the first of a look. */
  void handedOver(EncodedEvent.Heard heard);

  /** Forgets a subscription that was closed. */
  void unsubscribed(Feed feed, Subscription subscription);
}
