package dev.tidemark.tools.fill;

import static dev.tidemark.tools.fill.Answer.row;

import java.util.List;
import java.util.stream.Stream;

/** Expected results about the acts of administrators, from the filler's facts. */
final class ActAnswers {
  private final Known known;
  private final About about;

  ActAnswers(Known known, About about) {
    this.known = known;
    this.about = about;
  }

  List<List<Object>> acts() {
    return inTheWindow()
        .map(
            a ->
                row(
                    a.at(),
                    a.principal(),
                    a.tenant(),
                    a.address(),
                    a.operation(),
                    a.target(),
                    a.why()))
        .toList();
  }

  List<List<Object>> disconnected() {
    return inTheWindow()
        .filter(Facts.Act::revokes)
        .map(
            a ->
                row(
                    a.at(),
                    a.tenant(),
                    a.targetIf("principal"),
                    a.targetIf("subject"),
                    a.targetIf("provider_session"),
                    a.principal(),
                    a.address(),
                    a.why()))
        .toList();
  }

  private Stream<Facts.Act> inTheWindow() {
    return known.facts.acts.stream().filter(a -> a.at() >= about.from && a.at() < about.to);
  }
}
