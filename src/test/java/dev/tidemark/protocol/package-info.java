/**
 * The promise, from the outside: the rules R1 to R10, and what the field got wrong turned round,
 * against the deployed WAR.
 */
package dev.tidemark.protocol;
