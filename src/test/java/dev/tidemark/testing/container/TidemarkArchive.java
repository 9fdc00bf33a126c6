package dev.tidemark.testing.container;

import dev.tidemark.tools.run.Directories;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.JavaArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** The WAR of the build, with test classes added. */
public final class TidemarkArchive {

  /** Opens the one path of Arquillian's own servlet, which has no login; the rest stays closed. */
  private static final String RUNNER_IS_OPEN =
      """
      <web-fragment xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
        <name>arquillian_runner_is_open</name>
        <security-constraint>
          <web-resource-collection>
            <web-resource-name>arquillian</web-resource-name>
            <url-pattern>/ArquillianServletRunnerEE9</url-pattern>
          </web-resource-collection>
        </security-constraint>
      </web-fragment>
      """;

  private TidemarkArchive() {}

  /** Makes the archive for a {@code @Deployment} whose test brings these classes along. */
  public static WebArchive with(Class<?>... classes) {
    return ShrinkWrap.create(ZipImporter.class, "tidemark.war")
        .importFrom(Directories.war().toFile())
        .as(WebArchive.class)
        .addClasses(classes)
        .addAsLibrary(
            ShrinkWrap.create(JavaArchive.class, "arquillian-runner-is-open.jar")
                .addAsManifestResource(new StringAsset(RUNNER_IS_OPEN), "web-fragment.xml"));
  }
}
