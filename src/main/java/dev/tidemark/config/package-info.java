/**
 * The settings of the application: their keys, units, defaults and limits.
 *
 * <p>Begin with {@link dev.tidemark.config.Setting}. Every room may use this one; it calls none.
 */
package dev.tidemark.config;
