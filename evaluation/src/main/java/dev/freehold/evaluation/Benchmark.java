package dev.freehold.evaluation;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;
import dev.freehold.evaluation.grader.Grader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A frozen set of cases with a grader: its digest names exactly what was asked and what counted as
/// right. A change makes another version.
///
/// @param name what people call it
/// @param version from 1
/// @param grader how answers are scored, where a case says nothing else
/// @param cases in order, ids unique
public record Benchmark(String name, int version, Grader grader, List<Case> cases) {

  public Benchmark {
    cases = List.copyOf(cases);
    if (name.isBlank() || version < 1) {
      throw new InvalidRequest("A benchmark needs a name and a version from 1.", "name");
    }
    if (cases.isEmpty()) {
      throw new InvalidRequest("A benchmark needs at least one case.", "cases");
    }
    Set<String> ids = new HashSet<>();
    for (Case one : cases) {
      if (!ids.add(one.id())) {
        throw new InvalidRequest("Two cases have the id %s.".formatted(one.id()), "id");
      }
    }
  }

  /// `sha256:…` of name, grader and cases in their canonical form.
  public String digest() {
    return Digests.sha256(BenchmarkJson.canonical(this));
  }

  /// How a case of it is scored.
  public Grader graderOf(Case one) {
    return one.grader().orElse(grader);
  }

  /// The case of that id.
  ///
  /// @throws NotFound where there is none
  public Case find(String id) {
    return cases.stream()
        .filter(one -> one.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new NotFound("%s has no case %s.".formatted(name, id)));
  }

  /// The next version, with golds of one case that a person reviewed.
  public Benchmark withGolds(String id, List<String> golds) {
    Case reviewed = find(id).withGolds(golds, Case.Origin.PERSON);
    List<Case> changed = new ArrayList<>(cases);
    changed.replaceAll(one -> one.id().equals(id) ? reviewed : one);
    return new Benchmark(name, version + 1, grader, changed);
  }
}
