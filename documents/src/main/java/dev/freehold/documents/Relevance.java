package dev.freehold.documents;

import dev.freehold.documents.index.Hit;

/// Whether a passage has anything to do with a question.
///
/// Two measures that do not depend on what else was found: how much of the question's rare words
/// the passage holds, and how near its meaning is. Calibrated on the sample company's questions,
/// those without an answer among them; docs/lab-log.md has the figures.
final class Relevance {

  private static final double COVERAGE = 1.6;
  private static final double COSINE = 4.0;
  private static final double THRESHOLD = 3.2;

  private Relevance() {}

  static boolean relevant(Hit hit) {
    return score(hit) >= THRESHOLD;
  }

  static double score(Hit hit) {
    return COVERAGE * hit.coverage() + COSINE * hit.cosine();
  }
}
