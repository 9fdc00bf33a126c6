/**
 * Databases: {@link dev.tidemark.testing.database.SchemaDatabase} is one of a test's own without a
 * gateway; {@link dev.tidemark.testing.database.TestDatabase} looks into a gateway's. The gates and
 * triggers hold or refuse a statement at the moment that a test chooses.
 */
package dev.tidemark.testing.database;
