package dev.tidemark.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import jakarta.annotation.Resource;
import jakarta.ejb.DependsOn;
import jakarta.ejb.Stateless;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is not held up stops while the node still drains, and its users fail. */
final class StopBeanTest {
  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.tidemark");

  @Test
  void everyBeanIsHeldUp() {
    Set<String> beans =
        MAIN.stream()
            .filter(type -> type.isAnnotatedWith(Stateless.class))
            .map(JavaClass::getSimpleName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(
        beans, new TreeSet<>(Arrays.asList(StopBean.class.getAnnotation(DependsOn.class).value())));
  }

  @Test
  void everyResourceIsHeldUp() {
    assertEquals(
        resources(type -> !type.isEquivalentTo(StopBean.class)),
        resources(type -> type.isEquivalentTo(StopBean.class)));
  }

  private static Set<String> resources(Predicate<JavaClass> of) {
    return MAIN.stream()
        .filter(of)
        .flatMap(type -> type.getFields().stream())
        .filter(field -> field.isAnnotatedWith(Resource.class))
        .map(field -> field.getAnnotationOfType(Resource.class).lookup())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
