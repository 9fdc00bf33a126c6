package dev.tidemark.access.gate;

import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import io.undertow.servlet.ServletExtension;
import io.undertow.servlet.api.DeploymentInfo;
import jakarta.servlet.ServletContext;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Puts {@link PreAuthenticationHandler} before the server's authentication, where it sees all
 * requests and responses, and {@link LoginFormsHandler} between the two. The server finds this
 * class by {@code META-INF/services} while the application is being deployed.
 */
public final class PreAuthenticationExtension implements ServletExtension {
  @Override
  public void handleDeployment(DeploymentInfo deployment, ServletContext context) {
    Config config = ConfigProvider.getConfig(deployment.getClassLoader());
    SecurityHeaders headers =
        new SecurityHeaders(Settings.beforeStart(AccessSettings.FORM_TARGETS, config));
    boolean secureCookies = Settings.beforeStart(AccessSettings.SECURE_COOKIES, config);
    String name = Exchanges.loginCookie(context);
    OpenPaths open = new OpenPaths(deployment);
    deployment.addOuterHandlerChainWrapper(next -> new LoginFormsHandler(next, context, open));
    deployment.addInitialHandlerChainWrapper(
        next ->
            new ClientAddressHandler(
                new PreAuthenticationHandler(
                    new PasswordFormHandler(next, context), headers, secureCookies, context, name),
                Settings.beforeStart(AccessSettings.TRUSTED_PROXIES, config),
                Settings.beforeStart(AccessSettings.PROXY_HEADERS, config)));
  }
}
