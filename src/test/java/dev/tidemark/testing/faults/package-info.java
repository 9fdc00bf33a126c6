/** Parts that fail or hang on purpose; a test puts them into the application's WAR. */
package dev.tidemark.testing.faults;
