/**
 * Runs Tidemark on one machine: a PostgreSQL that keeps its data, a WildFly in a base directory of
 * its own, and {@link dev.tidemark.tools.run.Run}, which is {@code mvn -Prun}. The tests start the
 * same two.
 *
 * <p>Begin with {@link dev.tidemark.tools.run.DevelopmentDatabase} and {@link
 * dev.tidemark.tools.run.WildFlyServer}.
 */
package dev.tidemark.tools.run;
