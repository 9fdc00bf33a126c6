package dev.tidemark.http;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** Everything below {@code /tidemark/api}; {@code AccessFilter} stands before it. */
@ApplicationPath("api")
public class Api extends Application {}
