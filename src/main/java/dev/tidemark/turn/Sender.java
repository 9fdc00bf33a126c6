package dev.tidemark.turn;

/** Whose message a turn answers, and so whose share of the places it takes. */
record Sender(String tenant, String name) {}
