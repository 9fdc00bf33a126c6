package dev.tidemark.access.limit;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Shares a number of bytes among principals and addresses. Nobody takes more than a share. Once
 * three quarters are taken, nobody takes more than all divided by the number of those who hold
 * some; if that is not free, the largest holding of those above it is told to go. So one who asks
 * for little gets it, however many others ask for all they can.
 *
 * <p>All state is guarded by the monitor of the budget, which is not held while anything else is
 * called.
 */
final class ByteBudget {
  private static final Logger LOG = Logger.getLogger(ByteBudget.class);

  private final long nodeBytes;
  private final long crowdedBytes;
  private final long shareBytes;
  private final Runnable refused;
  private final Map<String, Account> accounts = new HashMap<>();
  private int holders;
  private long taken;
  private long leaving;

  /** What one principal or address holds; known as long as it has a charge. */
  static final class Account {
    private final String key;
    private final Set<Charge> charges = new HashSet<>();
    private long taken;

    private Account(String key) {
      this.key = key;
    }
  }

  /**
   * @param nodeBytes the bytes that all may take together
   * @param shareBytes the bytes that one may take
   * @param refused called each time that bytes were refused
   */
  ByteBudget(long nodeBytes, long shareBytes, Runnable refused) {
    this.nodeBytes = nodeBytes;
    this.crowdedBytes = nodeBytes / 4 * 3;
    this.shareBytes = shareBytes;
    this.refused = refused;
  }

  /**
   * Opens a charge, which holds nothing yet and has to be closed.
   *
   * @param shed lets go soon of all that the charge holds, called on any thread; {@code null} if
   *     that cannot be done
   */
  synchronized Charge open(String key, Runnable shed) {
    Charge charge = new Charge(this, accounts.computeIfAbsent(key, Account::new), shed);
    charge.account.charges.add(charge);
    return charge;
  }

  boolean take(Charge charge, long bytes) {
    Charge victim = takeOrFind(charge, bytes);
    while (victim != null && victim != charge) {
      victim = shed(victim) ? takeOrFind(charge, bytes) : takeFree(charge, bytes);
    }
    if (victim == null) {
      refused.run();
    }
    return victim != null;
  }

  void makeRoom(Charge charge, long bytes) {
    Charge victim = find(charge, bytes);
    while (victim != null && shed(victim)) {
      victim = find(charge, bytes);
    }
  }

  /**
   * Has a charge let go of what it holds. Its failure is not the asker's, who may be refused for
   * once; the next one tries it again.
   */
  private boolean shed(Charge victim) {
    try {
      victim.shed.run();
      return true;
    } catch (RuntimeException | Error e) {
      stays(victim);
      tellOfFailure(e);
      return false;
    }
  }

  private static void tellOfFailure(Throwable why) {
    try {
      LOG.error("TIDE0233 A connection could not be closed though others need its memory.", why);
    } catch (RuntimeException | Error unsaid) {
      return;
    }
  }

  private synchronized void stays(Charge victim) {
    if (victim.isLeaving) {
      victim.isLeaving = false;
      leaving -= victim.bytes;
    }
  }

  /** Returns the charge itself if it has taken the bytes, else one to be shed, if there is one. */
  private synchronized Charge takeOrFind(Charge charge, long bytes) {
    Charge taker = takeFree(charge, bytes);
    return taker == null ? find(charge, bytes) : taker;
  }

  private synchronized Charge takeFree(Charge charge, long bytes) {
    if (!hasRoom(charge, bytes)) {
      return null;
    }
    add(charge, bytes);
    return charge;
  }

  synchronized boolean hasRoom(Charge charge, long bytes) {
    return !charge.closed && isEntitled(charge.account, bytes) && taken + bytes <= nodeBytes;
  }

  private boolean isEntitled(Account account, long bytes) {
    long wanted = account.taken + bytes;
    return wanted <= shareBytes && (taken + bytes <= crowdedBytes || wanted <= fair(account));
  }

  /** The bytes of each holder, this one included, if all hold the same. */
  private long fair(Account account) {
    return nodeBytes / Math.max(1, holders + (account.taken == 0 ? 1 : 0));
  }

  /** Returns a charge to be shed, and counts it as leaving; {@code null} if there is none. */
  private synchronized Charge find(Charge charge, long bytes) {
    if (charge.closed
        || !isEntitled(charge.account, bytes)
        || taken + bytes - leaving <= nodeBytes) {
      return null;
    }
    long fair = fair(charge.account);
    Charge victim =
        accounts.values().stream()
            .filter(account -> account.taken > fair)
            .flatMap(account -> account.charges.stream())
            .filter(one -> one.shed != null && !one.isLeaving && one.bytes > 0)
            .max(
                Comparator.<Charge>comparingLong(one -> one.account.taken)
                    .thenComparingLong(one -> one.bytes))
            .orElse(null);
    if (victim != null) {
      victim.isLeaving = true;
      leaving += victim.bytes;
    }
    return victim;
  }

  /** Takes what is only kept to save work: half of a share at most, and nothing in a crowd. */
  synchronized boolean takeSpare(Charge charge, long bytes) {
    boolean spare =
        !charge.closed
            && charge.account.taken + bytes <= shareBytes / 2
            && taken + bytes <= crowdedBytes;
    if (spare) {
      add(charge, bytes);
    }
    return spare;
  }

  synchronized void overdraw(Charge charge, long bytes) {
    if (!charge.closed) {
      add(charge, bytes);
    }
  }

  synchronized void give(Charge charge, long bytes) {
    if (charge.closed) {
      return;
    }
    if (bytes > charge.bytes) {
      throw new IllegalArgumentException("%d given of %d".formatted(bytes, charge.bytes));
    }
    add(charge, -bytes);
  }

  synchronized void close(Charge charge) {
    if (charge.closed) {
      return;
    }
    add(charge, -charge.bytes);
    charge.closed = true;
    charge.account.charges.remove(charge);
    if (charge.account.charges.isEmpty()) {
      accounts.remove(charge.account.key);
    }
  }

  private void add(Charge charge, long bytes) {
    boolean held = charge.account.taken > 0;
    charge.bytes += bytes;
    charge.account.taken += bytes;
    taken += bytes;
    leaving += charge.isLeaving ? bytes : 0;
    boolean holds = charge.account.taken > 0;
    holders += Boolean.compare(holds, held);
  }

  synchronized long bytesOf(Charge charge) {
    return charge.bytes;
  }

  /** The bytes that are taken now. */
  synchronized long taken() {
    return taken;
  }

  /** The number of principals and addresses that hold a charge, also one of nothing. */
  synchronized int accounts() {
    return accounts.size();
  }
}
