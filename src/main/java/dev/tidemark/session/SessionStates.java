package dev.tidemark.session;

import dev.tidemark.config.SessionSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.log.EntityLookup;
import dev.tidemark.log.PayloadTooLargeException;
import dev.tidemark.wire.JsonModel;
import dev.tidemark.wire.Utf8;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;

/**
 * Keeps the state of each session: the fold of its {@code state_update} events by RFC 7396. Called
 * under the session's lock.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.MANDATORY)
public class SessionStates {
  @PersistenceContext EntityManager entities;
  @Inject Settings settings;

  public JsonObject read(long sessionKey) {
    return JsonModel.parse(EntityLookup.get(entities, SessionState.class, sessionKey).state)
        .asJsonObject();
  }

  /**
   * Applies the patch of the {@code state_update} event at {@code cursor}, appended in this
   * transaction.
   *
   * @return the state after the merge
   * @throws PayloadTooLargeException if the state would be over {@code
   *     tidemark.session.state-bytes}
   */
  public JsonObject merge(long sessionKey, JsonObject patch, long cursor) {
    JsonValue merged = JsonModel.merged(read(sessionKey), patch);
    String text = merged.toString();
    long max = settings.get(SessionSettings.STATE_BYTES);
    if (Utf8.length(text) > max) {
      throw new PayloadTooLargeException(Utf8.length(text), max);
    }
    SessionSql.setState(entities, sessionKey, text, cursor);
    return merged.asJsonObject();
  }
}
