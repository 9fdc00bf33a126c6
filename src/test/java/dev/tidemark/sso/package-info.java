/** The gateway behind an identity provider: a real Keycloak, on a server switched to it. */
package dev.tidemark.sso;
