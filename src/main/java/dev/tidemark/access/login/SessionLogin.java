package dev.tidemark.access.login;

import dev.tidemark.access.Caller;
import dev.tidemark.access.limit.LoginForms;
import jakarta.servlet.http.HttpSession;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The login of one HTTP session, kept in the session from its first moment to its last. Its monitor
 * orders the sign-in, the first request and the end: a login that is registered while its session
 * ends is ended too, whichever comes first.
 */
final class SessionLogin {
  static final String KEY = "dev.tidemark.login";

  private Optional<Instant> signedInAt = Optional.empty();
  private Optional<BrowserLogin> current = Optional.empty();
  private final LoginForms forms;
  private final String network;

  /** Whether it is counted among the login forms. */
  private boolean isForm;

  private boolean hasEnded;

  /**
   * @param network of the address that the session was made for
   */
  SessionLogin(LoginForms forms, String network) {
    this.forms = forms;
    this.network = network;
  }

  /** The object of this session; each session has one. */
  static SessionLogin of(HttpSession session) {
    return (SessionLogin) session.getAttribute(KEY);
  }

  /** Counts it as a login form, until a login is used or its session ends. */
  synchronized void begin() {
    if (!hasEnded) {
      forms.opened(network);
      isForm = true;
    }
  }

  /** Notes that somebody signed in now; the first time counts, so a refresh is no sign-in. */
  synchronized void signedIn() {
    signedInAt = signedInAt.or(() -> Optional.of(Instant.now()));
  }

  /** The time of the sign-in, by this node's clock; empty if it was not seen. */
  synchronized Optional<Instant> signedInAt() {
    return signedInAt;
  }

  /**
   * The login of this caller. One of another caller, who has used the same cookie, ends.
   *
   * @param opened told of a new login before anybody else can use or end it; if it fails there is
   *     no new login, and the next request makes one
   */
  BrowserLogin of(HttpSession session, Caller caller, Consumer<BrowserLogin> opened) {
    Optional<BrowserLogin> former;
    Optional<BrowserLogin> made;
    boolean late;
    synchronized (this) {
      if (current.filter(known -> known.isOf(caller)).isPresent()) {
        return current.get();
      }
      made = Optional.of(new BrowserLogin(session, caller));
      opened.accept(made.get());
      former = current;
      current = made;
      late = hasEnded;
    }
    try {
      leaveForms(); // last: what fails before stays counted
    } finally {
      endBoth(former, late ? made : Optional.empty());
    }
    return made.get();
  }

  private static void endBoth(Optional<BrowserLogin> one, Optional<BrowserLogin> other) {
    try {
      one.ifPresent(BrowserLogin::end);
    } finally {
      other.ifPresent(BrowserLogin::end);
    }
  }

  /** Ends the login, because its session is over. */
  void end() {
    Optional<BrowserLogin> ended;
    synchronized (this) {
      hasEnded = true;
      ended = current;
    }
    try {
      leaveForms();
    } finally {
      ended.ifPresent(BrowserLogin::end);
    }
  }

  private synchronized void leaveForms() {
    if (isForm) {
      forms.gone(network);
      isForm = false;
    }
  }
}
