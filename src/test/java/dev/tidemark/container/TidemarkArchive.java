package dev.tidemark.container;

import dev.tidemark.development.Directories;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** The WAR that the build made, with test classes put in. */
public final class TidemarkArchive {

  private TidemarkArchive() {}

  /** For a {@code @Deployment}: the classes that a test brings along are its own business. */
  public static WebArchive with(Class<?>... classes) {
    return ShrinkWrap.create(ZipImporter.class, "tidemark.war")
        .importFrom(Directories.war().toFile())
        .as(WebArchive.class)
        .addClasses(classes);
  }
}
