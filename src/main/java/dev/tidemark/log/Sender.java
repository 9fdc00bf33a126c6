package dev.tidemark.log;

/**
 * On whose behalf something is appended. All that one sender sends, and the output of the turns
 * that answer it, waits in one lane, so that it has one share of a writer, whatever the number of
 * its sockets and sessions.
 */
public record Sender(String tenant, String name) {}
