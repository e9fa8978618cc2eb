package dev.freehold.evaluation;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.evaluation.grader.Grader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Draws a benchmark from captured exchanges.
///
/// Only exchanges from `from` on are taken: what is older is free for training. Repetitions go,
/// exact and near. What is left is divided into strata, each of which gets its share of the cases
/// (at least one), spread evenly over time.
///
/// @param name of the benchmark
/// @param cases how many to draw at most
/// @param strata names of the attributes that divide
/// @param from the split in time
/// @param nearness Jaccard similarity from which two questions are the same, e.g. 0.8
/// @param seed the same seed draws the same cases
public record BenchmarkDraw(
    String name, int cases, List<String> strata, Instant from, double nearness, long seed) {

  public BenchmarkDraw {
    strata = List.copyOf(strata);
    if (cases < 1 || !(nearness > 0 && nearness <= 1)) {
      throw new InvalidRequest("Draw at least one case, with a nearness of 0 to 1.", "cases");
    }
  }

  /// What was drawn, and what was left aside.
  ///
  /// @param benchmark version 1; its golds are what the model answered, marked as such
  /// @param older exchanges before the split
  /// @param same exact repetitions
  /// @param near near repetitions
  /// @param tools exchanges that call tools, which are not measured yet
  public record Drawn(Benchmark benchmark, int older, int same, int near, int tools) {}

  /// @throws InvalidRequest where nothing is left to draw from
  public Drawn draw(List<Exchange> exchanges, Grader grader) {
    List<Exchange> recent =
        exchanges.stream()
            .filter(one -> !one.at().isBefore(from))
            .sorted(Comparator.comparing(Exchange::at).thenComparing(Exchange::id))
            .toList();
    Set<List<?>> seen = new HashSet<>();
    // Instructions that all questions share would make all of them the same.
    Map<String, NearDuplicates> questions = new HashMap<>();
    List<Exchange> distinct = new ArrayList<>();
    int same = 0;
    int near = 0;
    int tools = 0;
    for (Exchange one : recent) {
      if (one.messages().stream().anyMatch(Case::usesTools)) {
        tools++;
      } else if (!seen.add(one.messages())) {
        same++;
      } else if (questions
          .computeIfAbsent(text(one, true), _ -> new NearDuplicates(nearness))
          .add(text(one, false))
          .isPresent()) {
        near++;
      } else {
        distinct.add(one);
      }
    }
    if (distinct.isEmpty()) {
      throw new InvalidRequest(
          "There is no exchange since %s to draw a benchmark from.".formatted(from), "from");
    }
    List<Case> drawn = choose(distinct).stream().map(this::toCase).toList();
    return new Drawn(
        new Benchmark(name, 1, grader, drawn), exchanges.size() - recent.size(), same, near, tools);
  }

  /// Its instructions, or all but them.
  private static String text(Exchange one, boolean instructions) {
    return one.messages().stream()
        .filter(message -> message instanceof Message.System == instructions)
        .map(message -> message.text() + "\n")
        .collect(Collectors.joining());
  }

  private List<Exchange> choose(List<Exchange> distinct) {
    if (distinct.size() <= cases) {
      return distinct;
    }
    Map<List<String>, List<Exchange>> divided = new TreeMap<>(Comparator.comparing(List::toString));
    for (Exchange one : distinct) {
      divided
          .computeIfAbsent(
              strata.stream().map(key -> one.strata().getOrDefault(key, "")).toList(),
              _ -> new ArrayList<>())
          .add(one);
    }
    if (divided.size() > cases) {
      throw new InvalidRequest(
          "%d strata do not fit into %d cases; draw more or divide less."
              .formatted(divided.size(), cases),
          "cases");
    }
    int[] shares = shares(divided.values().stream().map(List::size).toList(), distinct.size());
    SplittableRandom random = new SplittableRandom(seed);
    List<Exchange> chosen = new ArrayList<>();
    int stratum = 0;
    for (List<Exchange> members : divided.values()) {
      int share = shares[stratum++];
      double step = members.size() / (double) share;
      double start = random.nextDouble() * step;
      for (int i = 0; i < share; i++) {
        chosen.add(members.get((int) Math.min(members.size() - 1.0, start + i * step)));
      }
    }
    chosen.sort(Comparator.comparing(Exchange::at).thenComparing(Exchange::id));
    return chosen;
  }

  /// Largest remainders, at least one each.
  private int[] shares(List<Integer> sizes, int all) {
    int[] shares = new int[sizes.size()];
    double[] remainders = new double[shares.length];
    int left = cases;
    for (int i = 0; i < shares.length; i++) {
      double exact = cases * (double) sizes.get(i) / all;
      shares[i] = Math.max(1, (int) exact);
      remainders[i] = exact - shares[i];
      left -= shares[i];
    }
    while (left != 0) {
      int best = -1;
      for (int i = 0; i < shares.length; i++) {
        boolean may = left > 0 ? shares[i] < sizes.get(i) : shares[i] > 1;
        boolean better =
            best < 0
                || (left > 0 ? remainders[i] > remainders[best] : remainders[i] < remainders[best]);
        if (may && better) {
          best = i;
        }
      }
      shares[best] += Integer.signum(left);
      remainders[best] -= Integer.signum(left);
      left -= Integer.signum(left);
    }
    return shares;
  }

  private Case toCase(Exchange one) {
    Map<String, String> slices = new TreeMap<>();
    strata.forEach(key -> slices.put(key, one.strata().getOrDefault(key, "")));
    return new Case(
            one.id(),
            one.messages(),
            one.answer().isBlank() ? List.of() : List.of(one.answer()),
            one.answer().isBlank() ? Case.Origin.UNKNOWN : Case.Origin.MODEL,
            List.of(),
            Optional.empty(),
            one.conversation(),
            slices,
            Optional.of(one.at()),
            Optional.empty())
        .withFormat(one.format());
  }
}
