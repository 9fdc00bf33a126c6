/**
 * Everything that the author of an agent needs: the interface, its input and its output; and the
 * agents that come with the gateway.
 *
 * <p>Begin with {@link dev.tidemark.agent.Agent} and {@link dev.tidemark.agent.EchoAgent}. May call
 * {@code wire}.
 */
package dev.tidemark.agent;
