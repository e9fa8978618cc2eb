package dev.freehold.proving;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.Conflict;
import dev.freehold.chat.Principal;
import dev.freehold.evaluation.Benchmark;
import dev.freehold.evaluation.Entrant;
import dev.freehold.evaluation.Judge;
import dev.freehold.evaluation.Price;
import dev.freehold.evaluation.Seals;
import dev.freehold.evaluation.Trial;
import dev.freehold.evaluation.grader.Grader;
import dev.freehold.workload.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/// Opens the contestants, the documents and the judge of a proof, and refuses what would spoil it.
///
/// Safe for use by many threads at once.
///
/// @param models the models themselves
/// @param seals what may not be shown to a contestant
/// @param library gives documents, for a person and the collections they name
/// @param judge who compares answers where nobody is named
record Preparation(
    ChatModels models,
    Seals seals,
    BiFunction<Principal, Set<String>, Grounds> library,
    Optional<PinnedJudge> judge) {

  /// @param grounds documents for contestants called `NAME+docs`; empty: the collections of the
  ///   terms
  /// @throws Conflict where a prompt or a document holds a sealed case, naming it, or where another
  ///   model goes by the name of the pinned judge
  Trial trial(
      Principal asker, Workload workload, Benchmark used, Terms terms, Optional<Grounds> grounds) {
    Shown.refuse(used, seals);
    Optional<Grounds> given =
        grounds.isPresent() || terms.collections().isEmpty()
            ? grounds
            : Optional.of(documents(asker, terms.collections()));
    if (terms.grounded()) {
      given.ifPresent(one -> one.refuseSealed(seals));
    }
    Asking asking = new Asking(asker, workload.name(), workload.sensitivity());
    Map<String, Price> prices = new HashMap<>();
    workload
        .prices()
        .forEach(
            (name, price) -> prices.put(name, new Price(price.prompt(), price.completion(), 0)));
    Contestants contestants = new Contestants(models, asking, given, prices);
    String incumbent = Proofs.target(workload);
    List<String> names = new ArrayList<>(List.of(incumbent));
    terms
        .candidates()
        .forEach(one -> names.add(incumbent.equals(one) ? one + Contestants.TWICE : one));
    List<Entrant> entrants = contestants.entrants(names);
    Optional<Judge> comparing =
        judge(
                terms,
                used.cases().stream().map(used::graderOf).anyMatch(Grader.Judge.class::isInstance))
            .map(name -> {
              PinnedJudge.require(judge, Optional.of(name), models, asking);
              return Judge.of(
                  models.model(name, asking),
                  entrants.stream().map(Entrant::contestant).toList(),
                  terms.judgeForced());
            });
    return new Trial(used, terms.settings(), entrants, comparing, terms.parallel());
  }

  /// Who compares answers: who is named, or else, where a judge grades, the house's.
  Optional<String> judge(Terms terms, boolean judged) {
    return terms.judge().or(() -> judged ? judge.map(PinnedJudge::name) : Optional.empty());
  }

  /// Collections as far as a person may read them.
  Grounds documents(Principal asker, Set<String> collections) {
    return library.apply(asker, collections);
  }
}
