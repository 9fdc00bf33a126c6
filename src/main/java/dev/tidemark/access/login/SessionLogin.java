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
   * @param opened told of a new login before anybody else can use or end it
   */
  BrowserLogin of(HttpSession session, Caller caller, Consumer<BrowserLogin> opened) {
    Optional<BrowserLogin> former;
    BrowserLogin login;
    boolean late;
    synchronized (this) {
      if (current.filter(known -> known.isOf(caller)).isPresent()) {
        return current.get();
      }
      former = current;
      login = new BrowserLogin(session, caller);
      current = Optional.of(login);
      opened.accept(login);
      leaveForms(); // last: what fails before stays counted
      late = hasEnded;
    }
    former.ifPresent(BrowserLogin::end);
    if (late) {
      login.end();
    }
    return login;
  }

  /** Ends the login, because its session is over. */
  void end() {
    Optional<BrowserLogin> ended;
    synchronized (this) {
      hasEnded = true;
      leaveForms();
      ended = current;
    }
    ended.ifPresent(BrowserLogin::end);
  }

  private void leaveForms() {
    if (isForm) {
      isForm = false;
      forms.gone(network);
    }
  }
}
