/**
 * Fixtures that tests share. A fixture of two or more packages is here, in the sub-package for its
 * kind; a fixture of a single package stays beside its tests, package-private. Programs to be
 * started (run, fill, bench) are in {@code tools} and are used from here.
 *
 * <p>A test that uses {@code gateway}, {@code database}, {@code container} or Keycloak is an {@code
 * *IT}; {@code TestKindsTest} enforces that.
 */
package dev.tidemark.testing;
