/** Agents that misbehave; a test puts them into the application's WAR. */
package dev.tidemark.testing.agents;
