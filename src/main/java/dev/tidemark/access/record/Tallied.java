package dev.tidemark.access.record;

import java.util.Optional;

/** What a {@link Tally} counts; {@code T} is the implementing type itself. */
interface Tallied<T> {
  /** Those with equal keys are counted together: they differ in nothing relevant but time. */
  Object key();

  /** Whose share of the tally it takes: a principal, or an address before authentication. */
  Object owner();

  /** Whether the owner is a principal. An address is not: one requester may have any number. */
  default boolean isOfPrincipal() {
    return true;
  }

  /**
   * The same without what its owner can vary at will: user agent, session, and a principal its
   * address.
   */
  T ofOwner();

  /** The same without the owner; empty if there is no record of such a one. */
  Optional<T> ofAnybody();
}
