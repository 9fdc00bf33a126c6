/**
 * The protocol from a client's side: the rules R1 to R10, and the mistakes seen in the field as
 * tests, against the deployed WAR.
 */
package dev.tidemark.protocol;
