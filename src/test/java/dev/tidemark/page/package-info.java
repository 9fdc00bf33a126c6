/**
 * The page as a person uses it, in a real Chromium against a running server.
 *
 * <p>Begin with {@link dev.tidemark.page.PageIT}; {@link dev.tidemark.page.Visitor} chooses the
 * browser and the server.
 */
package dev.tidemark.page;
