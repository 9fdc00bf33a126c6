package dev.tidemark.testing.gateway;

import dev.tidemark.testing.client.WireClient;
import org.awaitility.Awaitility;

/** The record of refusals as an auditor sees it, to which a node writes at intervals. */
public final class RefusalRecord {
  private RefusalRecord() {}

  /** Waits for a refusal by HTTP with this status and code. */
  public static void await(Gateway gateway, int status, String code) {
    Awaitility.await("the record of " + code)
        .atMost(WireClient.PATIENCE)
        .until(
            () ->
                gateway
                    .database()
                    .value(
                        Boolean.class,
                        "select exists (select from audit.refusal_history"
                            + " where http_status = ? and code = ? and remote_address is not null)",
                        status,
                        code));
  }
}
