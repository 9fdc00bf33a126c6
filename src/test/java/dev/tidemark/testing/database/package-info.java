/**
 * Databases: {@link dev.tidemark.testing.database.SchemaDatabase} is for one test class, without a
 * gateway; {@link dev.tidemark.testing.database.TestDatabase} looks into a gateway's. The gates and
 * triggers hold or refuse a statement at the moment that a test chooses.
 */
package dev.tidemark.testing.database;
