package dev.tidemark.delivery;

import dev.tidemark.concurrent.FairExecutor;
import dev.tidemark.concurrent.ServerThreads;
import dev.tidemark.concurrent.Watched;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The sessions with something to read, each queued as often as its {@link PendingReads} count. A
 * session that cannot be queued is counted out again, and {@link #revive} comes back to it.
 */
final class ReadQueue implements Watched {
  private static final Duration RETRY = Duration.ofMillis(250);

  private final FairExecutor<Feed> ready;
  private final Feeds feeds;
  private final ServerThreads threads;

  /**
   * @param maxWorkers greatest number of reads at the same time
   * @param read does one read for a session
   */
  ReadQueue(
      Executor executor, int maxWorkers, Consumer<Feed> read, Feeds feeds, ServerThreads threads) {
    ready = new FairExecutor<>(executor, maxWorkers, Feed::sessionKey, read);
    this.feeds = feeds;
    this.threads = threads;
  }

  /** Queues a session that counts as queued already. */
  void add(Feed feed) {
    orCountOut(feed, () -> ready.add(feed));
  }

  /** Does the same after a failed read, in a moment. */
  void addLater(Feed feed) {
    orCountOut(
        feed,
        () -> {
          var unused = threads.after(RETRY, () -> add(feed));
        });
  }

  private static void orCountOut(Feed feed, Runnable queue) {
    try {
      queue.run();
    } catch (RuntimeException | Error e) {
      feed.pendingReads().notQueued();
      throw e;
    }
  }

  /** Queues a session once more if it has more to read than it is queued for. */
  void addIfNeeded(Feed feed) {
    if (feed.pendingReads().queueAgain()) {
      add(feed);
    }
  }

  @Override
  public void revive() {
    ready.revive();
    feeds.forEach(this::addIfNeeded);
  }

  @Override
  public long stillNanos() {
    return ready.stillNanos();
  }

  @Override
  public Set<Thread> threads() {
    return ready.threads();
  }
}
