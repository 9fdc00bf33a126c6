/**
 * Measurements, run by {@code mvn -Pbench verify}: each figure beside a peer's or its limit's,
 * measured in the same run.
 */
package dev.tidemark.bench;
