/**
 * The REST resources: the caller, their sessions, members, published events and tickets, and what
 * administrators may do. They translate and delegate.
 *
 * <p>Begin with {@link dev.tidemark.http.Api} and any resource, such as {@link
 * dev.tidemark.http.MembersResource}. May call {@code wire}, {@code log}, {@code session} and
 * {@code access}.
 */
package dev.tidemark.http;
