package dev.freehold.training;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.training.TrainingSettings.Course;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// What is seen at which step: lessons in an order drawn anew each epoch, put side by side into
/// passes. Everything follows from the settings and the number of the step, so that a run goes on
/// where it was left without having kept anything.
final class Curriculum {

  private final List<List<Example>> train;
  private final List<List<Example>> heldOut;
  private final Course course;
  private final int tokensPerPass;

  /// A pass and the lessons in it.
  ///
  /// @param lessons numbers of the lessons, in the order of the pass
  /// @param pass their sequences: one of a text, two of a pair
  /// @param kept those of them, in the same order, that are to stay what they are to the base
  record Seat(int[] lessons, Packed pass, Packed kept) {}

  /// @throws InvalidRequest naming the first example that is longer than allowed or has a token
  ///   that the model has not
  Curriculum(Lessons lessons, TrainingSettings settings, int vocabulary) {
    course = settings.course();
    tokensPerPass = settings.machine().tokensPerPass();
    switch (lessons) {
      case Lessons.Texts texts -> {
        train = texts.train().stream().map(List::of).toList();
        heldOut = texts.heldOut().stream().map(List::of).toList();
      }
      case Lessons.Pairs pairs -> {
        train = pairs.train().stream().map(Curriculum::both).toList();
        heldOut = pairs.heldOut().stream().map(Curriculum::both).toList();
      }
    }
    require(train, "Example", vocabulary);
    require(heldOut, "Held-out example", vocabulary);
  }

  private static List<Example> both(PreferencePair pair) {
    return List.of(pair.chosen(), pair.rejected());
  }

  private void require(List<List<Example>> lessons, String name, int vocabulary) {
    for (int i = 0; i < lessons.size(); i++) {
      for (Example example : lessons.get(i)) {
        if (example.tokens().length > course.sequenceLength()) {
          throw new InvalidRequest(
              "%s %d has %d tokens and at most %d are allowed. Cut it, or allow more with sequence_length."
                  .formatted(name, i + 1, example.tokens().length, course.sequenceLength()),
              "sequence_length");
        }
        for (int token : example.tokens()) {
          if (token < 0 || token >= vocabulary) {
            throw new InvalidRequest(
                "%s %d has token %d and the model has %d."
                    .formatted(name, i + 1, token, vocabulary),
                null);
          }
        }
      }
    }
  }

  int stepsPerEpoch() {
    return Math.ceilDiv(train.size(), course.examplesPerStep());
  }

  int steps() {
    return Math.multiplyExact(stepsPerEpoch(), course.epochs());
  }

  /// Steps between two measurements of what is held out.
  int heldOutEvery() {
    return course.heldOutEvery() > 0
        ? course.heldOutEvery()
        : Math.max(1, Math.ceilDiv(stepsPerEpoch(), 4));
  }

  boolean hasHeldOut() {
    return !heldOut.isEmpty();
  }

  /// Which epoch step `step`, from 1, belongs to, from 1.
  int epoch(int step) {
    return (step - 1) / stepsPerEpoch() + 1;
  }

  /// The passes of step `step`, from 1.
  List<Seat> step(int step) {
    int[] order = order(epoch(step));
    int from = (step - 1) % stepsPerEpoch() * course.examplesPerStep();
    int to = Math.min(order.length, from + course.examplesPerStep());
    List<Integer> chosen = new ArrayList<>();
    for (int i = from; i < to; i++) {
      chosen.add(order[i]);
    }
    return seats(train, chosen);
  }

  private int[] order(int epoch) {
    int[] order = new int[train.size()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    SplittableRandom random = new SplittableRandom(course.seed() * 1_000_003 + epoch);
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[other];
      order[other] = kept;
    }
    return order;
  }

  /// All that is learnt from, in its own order.
  List<Seat> all() {
    return seats(train, numbers(train.size()));
  }

  /// All that is held out.
  List<Seat> heldOut() {
    return seats(heldOut, numbers(heldOut.size()));
  }

  /// What is held out and is to stay what it is to the base.
  List<Seat> heldOutKept() {
    return seats(
        heldOut, numbers(heldOut.size()).stream().filter(i -> kept(heldOut.get(i))).toList());
  }

  private static boolean kept(List<Example> lesson) {
    return lesson.stream().anyMatch(Example::kept);
  }

  private static List<Integer> numbers(int count) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      numbers.add(i);
    }
    return numbers;
  }

  /// Longest first, each into the first pass that has room.
  private List<Seat> seats(List<List<Example>> lessons, List<Integer> chosen) {
    List<Integer> longestFirst = new ArrayList<>(chosen);
    longestFirst.sort(Comparator.comparingInt((Integer i) -> -tokens(lessons.get(i))));
    List<List<Integer>> passes = new ArrayList<>();
    List<Integer> filled = new ArrayList<>();
    for (int lesson : longestFirst) {
      int size = tokens(lessons.get(lesson));
      int place = 0;
      while (place < passes.size() && filled.get(place) + size > tokensPerPass) {
        place++;
      }
      if (place == passes.size()) {
        passes.add(new ArrayList<>());
        filled.add(0);
      }
      passes.get(place).add(lesson);
      filled.set(place, filled.get(place) + size);
    }
    return passes.stream().map(pass -> seat(lessons, pass)).toList();
  }

  private static Seat seat(List<List<Example>> lessons, List<Integer> pass) {
    List<Example> sequences = new ArrayList<>();
    pass.forEach(lesson -> sequences.addAll(lessons.get(lesson)));
    return new Seat(
        pass.stream().mapToInt(i -> i).toArray(),
        Packed.of(sequences),
        Packed.of(sequences.stream().filter(Example::kept).toList()));
  }

  private static int tokens(List<Example> lesson) {
    return lesson.stream().mapToInt(example -> example.tokens().length).sum();
  }

  /// Most tokens of any pass.
  int largestPass() {
    int largest = 0;
    long most = 0;
    for (List<List<Example>> lessons : List.of(train, heldOut)) {
      for (List<Example> lesson : lessons) {
        largest = Math.max(largest, tokens(lesson));
        most += tokens(lesson);
      }
    }
    return Math.max(largest, (int) Math.min(most, tokensPerPass));
  }

  /// Most tokens of one lesson: no pass can be shorter.
  int longest() {
    return Stream.concat(train.stream(), heldOut.stream())
        .mapToInt(Curriculum::tokens)
        .max()
        .orElse(1);
  }

  /// Tokens of one epoch.
  long tokens() {
    return train.stream().mapToLong(Curriculum::tokens).sum();
  }

  /// Learnt tokens of one epoch.
  long learnt() {
    return train.stream().flatMap(List::stream).mapToLong(Example::learnt).sum();
  }

  /// Tokens of one epoch that are to stay what they are to the base.
  long kept() {
    return train.stream()
        .flatMap(List::stream)
        .filter(Example::kept)
        .mapToLong(example -> example.tokens().length)
        .sum();
  }

  /// Sum over all sequences of one epoch of their length squared.
  double squares() {
    return train.stream()
        .flatMap(List::stream)
        .mapToDouble(example -> (double) example.tokens().length * example.tokens().length)
        .sum();
  }
}
