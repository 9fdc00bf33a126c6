package dev.tidemark.delivery;

/** Subscriptions for tests of other rooms. */
public final class Subscriptions {
  private Subscriptions() {}

  /** One that has nothing to send. */
  public static Subscription idle() {
    return new Subscription(
        new Feed(Delivered.SESSION, Delivered.at(0, 1)),
        new Tail(0, 0, 10),
        Delivered.join(0, 0),
        new FakeClient(1),
        0,
        false,
        new FakeNode());
  }
}
