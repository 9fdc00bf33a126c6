package dev.tidemark.concurrent;

/**
 * The greatest numbers of threads in use at the same time.
 *
 * @param all of the executor
 * @param ofAGroup for one group of lanes
 * @param ofALane for one lane
 */
public record ThreadShares(int all, int ofAGroup, int ofALane) {
  /** Without groups: a lane has half of the threads at most. */
  static ThreadShares ofLanes(int all) {
    int half = Math.max(1, all / 2);
    return new ThreadShares(all, half, half);
  }
}
