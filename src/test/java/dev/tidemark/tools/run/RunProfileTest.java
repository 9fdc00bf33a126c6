package dev.tidemark.tools.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;

/**
 * {@code mvn -Prun} makes the server that it starts. In a clone that was built before, the server
 * is there anyway, so only the build file can tell.
 */
final class RunProfileTest {
  private static final XPath XPATH = XPathFactory.newInstance().newXPath();

  @ParameterizedTest
  @ValueSource(strings = {"provision-server", "configure-server"})
  void theServerIsMadeBeforeItIsStarted(String step) throws Exception {
    Document pom =
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new File("pom.xml"));
    String phase = XPATH.evaluate("//execution[id='" + step + "']/phase", pom);

    String goals = XPATH.evaluate("//profile[id='run']/build/defaultGoal", pom);

    assertEquals(phase + " exec:java@run", goals);
  }
}
