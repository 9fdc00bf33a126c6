package dev.tidemark.access.login;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The open logins of each principal in the order of their first use, so that none has too many. */
final class LoginLimit {
  private final int max;

  /** Each queue belongs to the update of its key in the map. */
  private final Map<String, Deque<BrowserLogin>> ofPrincipals = new ConcurrentHashMap<>();

  /**
   * @param max the greatest number of one principal
   */
  LoginLimit(int max) {
    this.max = max;
  }

  /**
   * Adds a login.
   *
   * @return the principal's oldest, which is not counted any more, if that makes one too many
   */
  Optional<BrowserLogin> add(String principal, BrowserLogin login) {
    BrowserLogin[] oldest = new BrowserLogin[1];
    var unused =
        ofPrincipals.compute(
            principal,
            (key, known) -> {
              Deque<BrowserLogin> open = known == null ? new ArrayDeque<>() : known;
              open.addLast(login);
              oldest[0] = open.size() > max ? open.removeFirst() : null;
              return open;
            });
    return Optional.ofNullable(oldest[0]);
  }

  /** Forgets a login that has ended. */
  void remove(String principal, BrowserLogin login) {
    ofPrincipals.computeIfPresent(
        principal, (key, open) -> open.remove(login) && open.isEmpty() ? null : open);
  }

  /** The number of principals with a login. */
  int known() {
    return ofPrincipals.size();
  }
}
