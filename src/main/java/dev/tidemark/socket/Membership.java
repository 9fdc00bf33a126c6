package dev.tidemark.socket;

import dev.tidemark.delivery.Subscription;
import dev.tidemark.session.Session;

/** The session that a connection has joined, and its cursor over that session's log. */
record Membership(Session session, Subscription subscription) {}
