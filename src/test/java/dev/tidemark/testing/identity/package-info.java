/**
 * Identity providers: a real Keycloak, and an issuer within the test's own process, with tokens and
 * keys as a test wants them.
 */
package dev.tidemark.testing.identity;
