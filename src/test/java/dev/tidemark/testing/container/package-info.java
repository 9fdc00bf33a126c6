/**
 * Tests that run inside the server (Arquillian), and the archives that are deployed: the
 * application with a test's classes, and small applications of a test's own.
 */
package dev.tidemark.testing.container;
