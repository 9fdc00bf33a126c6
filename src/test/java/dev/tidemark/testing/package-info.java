/**
 * What the client-side tests share: a running gateway, a client that notes every frame, and a look
 * into the database.
 */
package dev.tidemark.testing;
