package dev.freehold.documents;

import dev.freehold.documents.index.Hit;

/// Whether a passage has anything to do with a question.
///
/// Two measures that do not depend on what else was found: how much of the question's rare words
/// the passage holds, and how near its meaning is. Calibrated on the sample company's questions,
/// those without an answer among them; docs/lab-log.md has the figures.
final class Relevance {

  // Keeps 97 of 100 questions that have an answer and refuses 7 of 10 that have nothing to do with
  // the documents. One that is only just beside them is left to the model.
  private static final double COVERAGE = 0.7;
  private static final double THRESHOLD = 0.72;

  private Relevance() {}

  static boolean relevant(Hit hit) {
    return score(hit) >= THRESHOLD;
  }

  static double score(Hit hit) {
    return COVERAGE * hit.coverage() + hit.cosine();
  }
}
