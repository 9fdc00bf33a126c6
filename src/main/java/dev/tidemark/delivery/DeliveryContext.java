package dev.tidemark.delivery;

import dev.tidemark.session.DeliveryRecord;
import dev.tidemark.session.ResyncRecord;
import dev.tidemark.wire.EncodedEvent;
import java.util.List;

/** What subscriptions need of the node. Nothing here blocks. */
interface DeliveryContext {
  /** Gets a subscription looked at soon. */
  void ready(Subscription subscription);

  /** Looks at a subscription that was woken, now. */
  void look(Subscription subscription);

  /** The events from a cursor on, if they are in the tail. */
  List<EncodedEvent> held(Feed feed, String epoch, long cursor);

  /** Has something read; the subscription gets its answer. */
  void read(Feed feed, ReadRequest readRequest, Subscription waits);

  /** Has those events read that there are and that will be needed after the page before them. */
  void readAhead(Feed feed, String epoch, long cursor);

  /** Notes that a client was sent a snapshot. */
  void resynced(DeliveryRecord deliveryRecord, ResyncRecord resyncRecord);

  void unsubscribed(Feed feed, Subscription subscription);
}
