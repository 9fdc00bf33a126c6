/**
 * Gateways: a real WildFly with a database of its own. {@link
 * dev.tidemark.testing.gateway.Gateway#shared()} is enough for most tests; {@code SmallGateway} has
 * limits that are soon reached, {@code GuardedGateway} stands behind a proxy, {@code SignOnGateway}
 * behind Keycloak.
 */
package dev.tidemark.testing.gateway;
