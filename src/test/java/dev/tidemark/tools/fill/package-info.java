/**
 * {@code mvn -Pfill}: a database as a month of use would have left it, for whoever wants to try the
 * questions of {@code docs/audit.md}, and for the test that holds the answers right. Begin with
 * {@link dev.tidemark.tools.fill.Month}, which makes it day by day; {@link
 * dev.tidemark.tools.fill.Facts} is what it makes; {@link dev.tidemark.tools.fill.Cookbook} reads
 * the questions.
 */
package dev.tidemark.tools.fill;
