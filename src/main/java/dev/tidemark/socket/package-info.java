/**
 * The WebSocket: handshake, heartbeat, limits, drain. It translates frames to calls and events to
 * frames, and decides nothing.
 *
 * <p>Begin with {@link dev.tidemark.socket.GatewayEndpoint}. May call all other rooms but {@code
 * http}.
 */
package dev.tidemark.socket;
