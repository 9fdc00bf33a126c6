package dev.tidemark.turn;

import dev.tidemark.concurrent.LinkedQueue;
import dev.tidemark.log.Sender;

/** The sessions of one sender that wait for a place, and what its turns have taken. */
final class SenderLine {
  /** The places that the turns of one tenant have taken. */
  static final class Tenant {
    int lines;
    int taken;
  }

  final Sender sender;
  final Tenant tenant;

  /** It makes a node before it changes: an Error while it grows loses nothing. */
  final LinkedQueue<TurnPlaces.Place> waiting = new LinkedQueue<>();

  int taken;
  long bytes;

  /** When it was served last, by a number that grows with each time. */
  long served;

  SenderLine(Sender sender, Tenant tenant) {
    this.sender = sender;
    this.tenant = tenant;
  }

  boolean isEmpty() {
    return taken == 0 && waiting.isEmpty();
  }

  int takenByTenant() {
    return tenant.taken;
  }

  int taken() {
    return taken;
  }

  long served() {
    return served;
  }
}
