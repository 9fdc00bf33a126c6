package dev.tidemark.ops;

/** The turns that run on this node. The room of the turns implements it. */
public interface RunningTurns {
  int runningTurns();
}
