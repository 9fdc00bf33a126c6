/**
 * Measurements, run by {@code mvn -Pbench verify}: each figure beside its limit, measured in the
 * same run. Begin with {@link dev.tidemark.tools.bench.PerformanceBench}; {@link
 * dev.tidemark.tools.bench.Row} is the table.
 */
package dev.tidemark.tools.bench;
