package dev.tidemark.access.login;

import dev.tidemark.concurrent.LinkedQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The open logins of each principal in the order of their first use, so that none has too many. */
class LoginLimit {
  private final int max;

  /** Each queue belongs to the update of its key in the map. */
  private final Map<String, LinkedQueue<BrowserLogin>> ofPrincipals = new ConcurrentHashMap<>();

  /**
   * @param max the greatest number of one principal
   */
  LoginLimit(int max) {
    this.max = max;
  }

  /** Adds a login, or fails and does not. */
  void add(String principal, BrowserLogin login) {
    var unused =
        ofPrincipals.compute(
            principal,
            (key, known) -> {
              LinkedQueue<BrowserLogin> open = known == null ? new LinkedQueue<>() : known;
              open.add(login);
              return open;
            });
  }

  /** Stops counting the principal's oldest login if there is one too many, and returns it. */
  Optional<BrowserLogin> takeTooOld(String principal) {
    List<Optional<BrowserLogin>> taken = new ArrayList<>(1);
    var unused =
        ofPrincipals.computeIfPresent(
            principal,
            (key, open) -> {
              if (open.size() > max) {
                taken.add(Optional.of(open.peek()));
                open.poll();
              }
              return open;
            });
    return taken.isEmpty() ? Optional.empty() : taken.get(0);
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
