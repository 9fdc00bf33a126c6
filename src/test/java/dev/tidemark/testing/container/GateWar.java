package dev.tidemark.testing.container;

import java.nio.file.Path;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/**
 * A page for users behind the same two gates as Tidemark's: Basic for clients that send it, a form
 * for all others.
 */
public final class GateWar {

  public static final String BEHIND = "behind the gate";
  public static final String FORM = "who are you";

  private GateWar() {}

  public static Path writeTo(Path file) {
    ShrinkWrap.create(WebArchive.class, "gate.war")
        .addAsWebResource(new StringAsset(BEHIND), "index.html")
        .addAsWebResource(new StringAsset(FORM), "login.html")
        .setWebXML(
            new StringAsset(
                """
                <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
                  <security-constraint>
                    <web-resource-collection>
                      <web-resource-name>all</web-resource-name>
                      <url-pattern>/*</url-pattern>
                    </web-resource-collection>
                    <auth-constraint><role-name>user</role-name></auth-constraint>
                  </security-constraint>
                  <login-config>
                    <auth-method>BASIC?silent=true,FORM</auth-method>
                    <realm-name>Tidemark</realm-name>
                    <form-login-config>
                      <form-login-page>/login.html</form-login-page>
                      <form-error-page>/login.html</form-error-page>
                    </form-login-config>
                  </login-config>
                  <security-role><role-name>user</role-name></security-role>
                </web-app>
                """))
        .addAsWebInfResource(
            new StringAsset(
                """
                <jboss-web>
                  <security-domain>${tidemark.security-domain:other}</security-domain>
                </jboss-web>
                """),
            "jboss-web.xml")
        .as(ZipExporter.class)
        .exportTo(file.toFile(), true);
    return file;
  }
}
