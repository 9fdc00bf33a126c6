package dev.tidemark.access.limit;

import dev.tidemark.access.limit.ByteBudget.Account;

/**
 * What one connection or request holds of a {@link ByteBudget}. To be closed, which gives back all
 * that it still holds; from then on nothing can be taken, and what is given back counts no more.
 * Safe for many threads.
 */
public final class Charge implements AutoCloseable {
  private final ByteBudget budget;

  // Guarded by the budget's monitor.
  final Account account;
  final Runnable shed;
  long bytes;
  boolean isLeaving;
  boolean closed;

  Charge(ByteBudget budget, Account account, Runnable shed) {
    this.budget = budget;
    this.account = account;
    this.shed = shed;
  }

  /**
   * Takes bytes, or none if that would be too much. May have holdings of others shed on this
   * thread: to be called without a lock.
   *
   * @return whether they were taken
   */
  public boolean take(long bytes) {
    return budget.take(this, bytes);
  }

  /**
   * As {@link #take}, for what is only kept to save work: it leaves room for what is needed, and
   * has nothing shed.
   */
  public boolean takeSpare(long bytes) {
    return budget.takeSpare(this, bytes);
  }

  /** Whether {@link #take} would give these bytes now, without shedding what others hold. */
  public boolean hasRoomFor(long bytes) {
    return budget.hasRoom(this, bytes);
  }

  /**
   * Has holdings of others shed, if this one may take these bytes and they are not free; to be
   * called without a lock.
   */
  public void makeRoomFor(long bytes) {
    budget.makeRoom(this, bytes);
  }

  /**
   * Takes bytes that are in use already, even if that is too much. The caller has asked {@link
   * #hasRoomFor}, so only those who ask at the same moment can exceed the budget.
   */
  public void overdraw(long bytes) {
    budget.overdraw(this, bytes);
  }

  /** Gives back bytes that it has taken. */
  public void give(long bytes) {
    budget.give(this, bytes);
  }

  /** The bytes that it holds now. */
  public long bytes() {
    return budget.bytesOf(this);
  }

  @Override
  public void close() {
    budget.close(this);
  }
}
