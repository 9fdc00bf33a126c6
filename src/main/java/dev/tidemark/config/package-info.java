/**
 * The settings of the application: their keys, units, defaults and limits.
 *
 * <p>Begin with {@link dev.tidemark.config.Setting}, then one of the lists, such as {@link
 * dev.tidemark.config.DeliverySettings}; {@link dev.tidemark.config.Settings} has the values. Every
 * room may use this one; it calls none.
 */
package dev.tidemark.config;
