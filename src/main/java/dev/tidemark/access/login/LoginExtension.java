package dev.tidemark.access.login;

import dev.tidemark.access.limit.LoginForms;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import io.undertow.servlet.ServletExtension;
import io.undertow.servlet.api.DeploymentInfo;
import jakarta.servlet.ServletContext;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Learns when people sign in, and of the end of HTTP sessions before the server closes their
 * sockets with 1008, which explains nothing. It tells an ended session from a node that only stops.
 * The server finds it by {@code META-INF/services}.
 */
public final class LoginExtension implements ServletExtension {
  @Override
  public void handleDeployment(DeploymentInfo deployment, ServletContext context) {
    Config config = ConfigProvider.getConfig(deployment.getClassLoader());
    LoginForms forms =
        new LoginForms(Settings.beforeStart(AccessSettings.LOGIN_FORMS_PER_ADDRESS, config));
    forms.publish(context);
    // The listener added last is told first of an end.
    deployment.addSessionListener(
        new LoginListener(
            forms,
            Math.toIntExact(Settings.beforeStart(AccessSettings.LOGIN_FORM, config).toSeconds())));
  }
}
