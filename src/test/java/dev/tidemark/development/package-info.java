/**
 * What runs Tidemark on one machine: a PostgreSQL that keeps its data, a WildFly in a base
 * directory of its own, and {@link dev.tidemark.development.Run}, which is {@code mvn -Prun}. The
 * tests start the same two.
 *
 * <p>Begin with {@link dev.tidemark.development.DevelopmentDatabase} and {@link
 * dev.tidemark.development.WildFlyServer}.
 */
package dev.tidemark.development;
