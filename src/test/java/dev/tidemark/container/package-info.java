/** Tests that run inside the server, with the application around them. */
package dev.tidemark.container;
