package dev.tidemark.testing.container;

import org.jboss.arquillian.core.spi.LoadableExtension;

/** Registers {@link ContainerDatabase} with Arquillian. */
public final class ContainerExtension implements LoadableExtension {

  @Override
  public void register(ExtensionBuilder builder) {
    builder.observer(ContainerDatabase.class);
  }
}
