/**
 * The tests of {@code db/}: tables, functions, roles, views, installation and upgrade, each against
 * a PostgreSQL of its own and without the application. Begin with {@code SchemaIT}; {@code TestLog}
 * and {@code AgedLog} write the log that the others look at.
 */
package dev.tidemark.database;
