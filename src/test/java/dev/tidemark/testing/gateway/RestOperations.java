package dev.tidemark.testing.gateway;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The requests that the REST face takes, read from the code. */
public final class RestOperations {
  private RestOperations() {}

  /** Each as its method and its path below {@code /api}, such as {@code GET /me}. */
  public static Set<String> all() {
    Set<String> found = new TreeSet<>();
    new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.tidemark")
            .stream()
            .filter(type -> type.isAnnotatedWith(Path.class))
            .map(JavaClass::reflect)
            .forEach(type -> requests(type).forEach(found::add));
    return found;
  }

  private static Stream<String> requests(Class<?> resource) {
    return Arrays.stream(resource.getMethods())
        .flatMap(
            method ->
                Arrays.stream(method.getAnnotations())
                    .map(one -> one.annotationType().getAnnotation(HttpMethod.class))
                    .filter(verb -> verb != null)
                    .map(verb -> verb.value() + " " + path(resource, method)));
  }

  private static String path(Class<?> resource, Method method) {
    String own = Optional.ofNullable(method.getAnnotation(Path.class)).map(Path::value).orElse("");
    return ("/" + resource.getAnnotation(Path.class).value() + "/" + own)
        .replaceAll("/+", "/")
        .replaceAll("(?<=.)/$", "");
  }
}
