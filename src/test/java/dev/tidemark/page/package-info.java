/**
 * The page as a person uses it, in a real Chromium against a running server.
 *
 * <p>Begin at {@link dev.tidemark.page.PageIT}; {@link dev.tidemark.page.ServerUnderTest} is the
 * one place that knows which server that is.
 */
package dev.tidemark.page;
