/**
 * Fixtures: what tests share. A fixture that two packages use lives here, in the sub-package of
 * what it stands for; one that the tests of a single package use stays beside them,
 * package-private. Programs that somebody starts (run, fill, bench) are in {@code tools} and are
 * used from here.
 *
 * <p>A test that uses {@code gateway}, {@code database}, {@code container} or Keycloak is an {@code
 * *IT}; {@code TestKindsTest} holds that.
 */
package dev.tidemark.testing;
