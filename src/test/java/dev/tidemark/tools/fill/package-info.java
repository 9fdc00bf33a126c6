/**
 * {@code mvn -Pfill}: a database as a month of use would have left it, for trying the questions of
 * {@code docs/audit.md}, and for the test that checks their results. Begin with {@link
 * dev.tidemark.tools.fill.Month}, which makes it day by day as {@link
 * dev.tidemark.tools.fill.Dataset}; {@link dev.tidemark.tools.fill.Cookbook} reads the questions.
 */
package dev.tidemark.tools.fill;
