/**
 * Identity providers: a real Keycloak, and an issuer within the test's own process whose tokens and
 * keys a test makes as it likes.
 */
package dev.tidemark.testing.identity;
