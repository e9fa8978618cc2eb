package dev.freehold.proving;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.Conflict;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.Principal;
import dev.freehold.evaluation.Attempt;
import dev.freehold.evaluation.Benchmark;
import dev.freehold.evaluation.Case;
import dev.freehold.evaluation.GraderNames;
import dev.freehold.evaluation.Proof;
import dev.freehold.evaluation.ProofSettings;
import dev.freehold.evaluation.Retests;
import dev.freehold.evaluation.grader.Grader;
import dev.freehold.evaluation.statistics.PairedDifferences;
import dev.freehold.workload.Workload;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Makes one look: asks both sides the same old cases, to see whether either moved, and new ones,
/// to add to the evidence.
final class Looking {

  private static final int ANCHORS = 40;
  private static final int FEWEST = 5;
  private static final double ALPHA = 0.05;

  private final Proofs proofs;
  private final WatchTable table;
  private final Clock clock;

  Looking(Proofs proofs, WatchTable table, Clock clock) {
    this.proofs = proofs;
    this.table = table;
    this.clock = clock;
  }

  /// What a model is, as far as it can be told without asking it: the digest of its weights and
  /// adapter, or the name of somebody else's.
  private String known(Principal asker, String name) {
    ModelCard card = proofs.models().model(Contestants.model(name), Asking.of(asker)).card();
    return card.digest().isEmpty() ? card.name() : card.digest();
  }

  /// What the candidate of a watch is: the model, the documents it is given, and who judges it.
  private String candidate(Principal asker, Watch watch) {
    StringBuilder all = new StringBuilder(known(asker, watch.candidate()));
    if (Contestants.grounded(watch.candidate())) {
      String digest = proofs.preparation().documents(asker, watch.collections()).digest();
      all.append(" docs:").append(digest);
    }
    boolean judged =
        proofs
            .benchmarks()
            .current(asker, watch.workload())
            .filter(one -> GraderNames.parse(one.grader()) instanceof Grader.Judge)
            .isPresent();
    proofs
        .preparation()
        .judge(watch.terms(), judged)
        .ifPresent(judge -> all.append(" judge:").append(known(asker, judge)));
    return all.toString();
  }

  /// Why a workload should be looked at before its time, if it should.
  Optional<String> changed(Principal asker, Watch watch) {
    List<WatchTable.Seen> looks = table.looks(watch.workload());
    if (looks.isEmpty()) {
      return Optional.empty();
    }
    WatchTable.Seen last = looks.getLast();
    Workload workload = proofs.workloads().get(asker, watch.workload());
    String incumbent = Proofs.target(workload);
    if (!incumbent.equals(last.look().incumbent())) {
      return Optional.of("%s answers now".formatted(incumbent));
    }
    if (!last.incumbentIs().startsWith(known(asker, incumbent))) {
      return Optional.of("%s is another".formatted(incumbent));
    }
    if (!last.candidateIs().startsWith(candidate(asker, watch))) {
      return Optional.of("%s is another".formatted(watch.candidate()));
    }
    return ending(asker, watch, incumbent)
        .filter(said -> looks.stream().noneMatch(one -> one.look().note().contains(said)))
        .map(_ -> "an end was announced");
  }

  private Optional<String> ending(Principal asker, Watch watch, String incumbent) {
    for (String one : List.of(incumbent, Contestants.model(watch.candidate()))) {
      ChatModel model = proofs.models().model(one, Asking.of(asker));
      Optional<String> said = Watches.ending(model.card(), clock.instant());
      if (said.isPresent()) {
        return said;
      }
    }
    return Optional.empty();
  }

  Look look(Principal asker, Watch watch, String reason) {
    Workload workload = proofs.workloads().get(asker, watch.workload());
    proofs.benchmarks().extend(asker, watch.workload(), watch.cases());
    DrawnBenchmark drawn = proofs.benchmarks().current(asker, watch.workload()).orElseThrow();
    Benchmark usable = proofs.benchmarks().usable(drawn, watch.modelGolds());
    List<WatchTable.Seen> looks = table.looks(watch.workload());
    List<WatchTable.Seen> before = sinceAnew(looks);
    Optional<WatchTable.Seen> first = before.stream().findFirst();
    Map<String, WatchTable.Scored> then =
        first.map(one -> table.anchors(one.id())).orElse(Map.of());
    List<Case> anchors = anchors(usable, then.keySet());
    Set<String> counted = table.counted(watch.workload());
    anchors.forEach(one -> counted.add(one.id()));
    List<Case> fresh =
        usable.cases().stream()
            .filter(one -> !counted.contains(one.id()))
            .limit(watch.cases())
            .toList();
    List<Case> all = new ArrayList<>(anchors);
    all.addAll(fresh);
    Proof proof =
        proofs.glance(
            asker,
            workload,
            new Benchmark(usable.name(), usable.version(), usable.grader(), all),
            watch.terms());
    return kept(watch, reason, asker, proof, anchors, fresh, before, then);
  }

  private static List<WatchTable.Seen> sinceAnew(List<WatchTable.Seen> looks) {
    for (int i = looks.size() - 1; i >= 0; i--) {
      if (looks.get(i).look().anew()) {
        return looks.subList(i, looks.size());
      }
    }
    return looks;
  }

  /// The cases that are asked at every look: those of the first, or, at the first, the oldest; of
  /// few cases half are left to be counted as new ones.
  private static List<Case> anchors(Benchmark usable, Set<String> then) {
    if (usable.grader() instanceof Grader.People) {
      throw new Conflict(
          "Nobody is there at a look to score answers; draw a benchmark with another grader than people.");
    }
    int most = Math.min(ANCHORS, Math.max(FEWEST, usable.cases().size() / 2));
    List<Case> anchors =
        usable.cases().stream()
            .filter(one -> then.isEmpty() || then.contains(one.id()))
            .limit(then.isEmpty() ? most : ANCHORS)
            .toList();
    if (anchors.size() < FEWEST) {
      throw new Conflict(
          "There are %d cases to look at; at least %d are needed. Review more golds."
              .formatted(anchors.size(), FEWEST));
    }
    return anchors;
  }

  private Look kept(
      Watch watch,
      String reason,
      Principal asker,
      Proof proof,
      List<Case> anchors,
      List<Case> fresh,
      List<WatchTable.Seen> before,
      Map<String, WatchTable.Scored> then) {
    Scores scores = Scores.of(proof);
    List<WatchTable.Scored> now = anchors.stream().map(scores::of).toList();
    String incumbentIs = known(asker, proof.incumbent().name()) + scores.fingerprints(0);
    String candidateIs = candidate(asker, watch) + scores.fingerprints(1);
    List<String> notes = new ArrayList<>();
    boolean anew = before.isEmpty();
    if (!before.isEmpty()) {
      WatchTable.Seen last = before.getLast();
      anew = another(last, proof.incumbent().name(), incumbentIs, candidateIs, watch, notes);
    }
    double drift = drift(now, then);
    double level = level(before.size());
    double same = same(now, then);
    if (drift < level) {
      notes.add(
          "%s answers the old questions otherwise than at the first look, by more than chance."
              .formatted(proof.incumbent().name()));
    }
    ending(asker, watch, proof.incumbent().name()).ifPresent(notes::add);
    if (proof.benchmark().grader() instanceof Grader.Judge) {
      notes.add(
          "A judge compares the two; whether %s moved is seen by its words and its fingerprint alone."
              .formatted(proof.incumbent().name()));
    }
    if (fresh.isEmpty()) {
      notes.add("There were no new cases to count.");
    }
    List<Double> differences = scores.differences(fresh);
    Retests retests = new Retests(ProofSettings.standard(watch.margin()));
    if (!anew) {
      before.forEach(one -> one.fresh().forEach(retests::add));
    }
    differences.forEach(retests::add);
    Look look =
        new Look(
            clock.instant(),
            reason,
            watch.candidate(),
            proof.incumbent().name(),
            mean(now, true),
            mean(now, false),
            now.size(),
            same,
            drift,
            drift < level,
            anew,
            retests.interval().low(),
            retests.interval().high(),
            retests.conversations(),
            retests.outcome(),
            String.join(" ", notes));
    table.add(
        watch.workload(),
        new WatchTable.Seen(0, look, incumbentIs, candidateIs, differences),
        look.at().plus(watch.every()),
        level,
        now,
        fresh.stream().map(scores::of).toList());
    return look;
  }

  private static boolean another(
      WatchTable.Seen last,
      String incumbent,
      String incumbentIs,
      String candidateIs,
      Watch watch,
      List<String> notes) {
    boolean anew = false;
    if (!last.look().incumbent().equals(incumbent) || !last.incumbentIs().equals(incumbentIs)) {
      notes.add(
          "%s is not what it was (%s, then %s)."
              .formatted(incumbent, incumbentIs, last.incumbentIs()));
      anew = true;
    }
    if (!last.look().candidate().equals(watch.candidate())
        || !last.candidateIs().equals(candidateIs)) {
      notes.add("%s is not what it was.".formatted(watch.candidate()));
      anew = true;
    }
    return anew;
  }

  /// What chance may take at the k-th comparison with the first look, so that all of them together
  /// take no more than α: 6/π² of it, divided by k².
  private static double level(int k) {
    return k == 0 ? 0 : ALPHA * 6 / (Math.PI * Math.PI * k * k);
  }

  private static double drift(List<WatchTable.Scored> now, Map<String, WatchTable.Scored> then) {
    double[] differences =
        now.stream()
            .filter(one -> then.containsKey(one.id()))
            .mapToDouble(one -> one.incumbent() - known(then, one).incumbent())
            .toArray();
    return differences.length < 2 ? 1 : PairedDifferences.of(differences).noDifference();
  }

  private static WatchTable.Scored known(
      Map<String, WatchTable.Scored> then, WatchTable.Scored one) {
    return Objects.requireNonNull(then.get(one.id()));
  }

  private static double same(List<WatchTable.Scored> now, Map<String, WatchTable.Scored> then) {
    long known = now.stream().filter(one -> then.containsKey(one.id())).count();
    long equal =
        now.stream()
            .filter(one -> then.containsKey(one.id()))
            .filter(one -> known(then, one).answer().equals(one.answer()))
            .count();
    return known == 0 ? 1 : (double) equal / known;
  }

  private static double mean(List<WatchTable.Scored> cases, boolean incumbent) {
    return cases.stream()
        .mapToDouble(one -> incumbent ? one.incumbent() : one.candidate())
        .average()
        .orElse(0);
  }

  /// The scores of a glance, by case.
  private record Scores(
      Map<String, double[]> byCase,
      Map<String, String> answers,
      Map<String, String> conversations,
      List<Set<String>> prints) {

    static Scores of(Proof proof) {
      String incumbent = proof.incumbent().name();
      Map<String, double[]> byCase = new HashMap<>();
      Map<String, String> conversations = new HashMap<>();
      double[][] his =
          Objects.requireNonNull(proof.table().scores().get(proof.contestants().get(1).name()));
      double[][] other = Objects.requireNonNull(proof.table().scores().get(incumbent));
      List<Case> cases = proof.benchmark().cases();
      for (int i = 0; i < cases.size(); i++) {
        byCase.put(
            cases.get(i).id(),
            new double[] {
              Arrays.stream(other[i]).average().orElse(0), Arrays.stream(his[i]).average().orElse(0)
            });
        conversations.put(cases.get(i).id(), cases.get(i).conversation());
      }
      Map<String, String> answers = new HashMap<>();
      List<Set<String>> prints = List.of(new TreeSet<>(), new TreeSet<>());
      for (Attempt one : proof.attempts()) {
        boolean incumbents = one.contestant().equals(incumbent);
        if (incumbents) {
          answers.put(one.caseId(), CapturedCases.digest(one.text()));
        }
        if (!one.fingerprint().isEmpty()) {
          prints.get(incumbents ? 0 : 1).add(one.fingerprint());
        }
      }
      return new Scores(byCase, answers, conversations, prints);
    }

    WatchTable.Scored of(Case one) {
      double[] both = byCase.getOrDefault(one.id(), new double[2]);
      return new WatchTable.Scored(one.id(), both[0], both[1], answers.getOrDefault(one.id(), ""));
    }

    String fingerprints(int side) {
      return prints.get(side).isEmpty() ? "" : " " + String.join(" ", prints.get(side));
    }

    /// Each new conversation counts once, with its mean.
    List<Double> differences(List<Case> fresh) {
      List<Double> all = new ArrayList<>();
      Set<String> done = new HashSet<>();
      for (Case one : fresh) {
        String conversation = conversations.getOrDefault(one.id(), one.id());
        if (done.add(conversation)) {
          all.add(
              fresh.stream()
                  .filter(other -> other.conversation().equals(conversation))
                  .map(this::of)
                  .mapToDouble(other -> other.candidate() - other.incumbent())
                  .average()
                  .orElse(0));
        }
      }
      return all;
    }
  }
}
