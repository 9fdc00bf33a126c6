package dev.tidemark.access.record;

import java.util.Optional;

/** What a {@link Tally} counts; {@code T} is the implementing type itself. */
interface Tallied<T> {
  /** Those with equal keys are counted together: they differ in nothing relevant but time. */
  Object key();

  /** Whose share of the tally it takes: a principal, or an address before authentication. */
  Object owner();

  /** The same without what its owner can vary at will: address, user agent, session. */
  T ofOwner();

  /** The same without the owner; empty if there is no record of such a one. */
  Optional<T> ofAnybody();
}
