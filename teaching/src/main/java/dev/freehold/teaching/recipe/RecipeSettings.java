package dev.freehold.teaching.recipe;

import dev.freehold.chat.InvalidRequest;

/// How a data set is mixed. Shares are of the lessons on facts.
///
/// @param textsPerFact most wordings of a fact of which one thing can be asked, 1 to 200; half as
///   many more for each further thing, half where there is none
/// @param modelTexts most texts that the base is asked to write of one fact; what does not agree
///   with the document is dropped; 0 to 20
/// @param grounded lessons with passages, as a share of the conversations; 0 to 2
/// @param unanswerable which of those have no answer, as a share; 0 to 1
/// @param replay what the base itself answers, as a share; 0 to 1
/// @param control which facts are never taught, so that the exam shows what a model says of what it
///   was not told; 0 to 0.5
/// @param heldOut which lessons measure the loss while others are learned, as a share; 0 to 0.5
/// @param seed what is left to chance is decided by this alone
public record RecipeSettings(
    int textsPerFact,
    int modelTexts,
    double grounded,
    double unanswerable,
    double replay,
    double control,
    double heldOut,
    long seed) {

  /// The best that was measured; docs/teaching.md says how good that is.
  public static final RecipeSettings STANDARD =
      new RecipeSettings(30, 0, 0.05, 0.25, 0.3, 0.1, 0.03, 17);

  public RecipeSettings {
    inRange(textsPerFact, 1, 200, "texts_per_fact");
    inRange(modelTexts, 0, 20, "model_texts");
    inRange(grounded, 0, 2, "grounded");
    inRange(unanswerable, 0, 1, "unanswerable");
    inRange(replay, 0, 1, "replay");
    inRange(control, 0, 0.5, "control");
    inRange(heldOut, 0, 0.5, "held_out");
  }

  private static void inRange(double value, double low, double high, String field) {
    if (!(value >= low && value <= high)) {
      throw new InvalidRequest(
          "%s is %s and must lie between %s and %s.".formatted(field, value, low, high), field);
    }
  }

  /// The same mixture with other numbers of texts.
  public RecipeSettings withTexts(int perFact, int byModel) {
    return new RecipeSettings(
        perFact, byModel, grounded, unanswerable, replay, control, heldOut, seed);
  }

  /// The same mixture with another share of facts that are never taught.
  public RecipeSettings withControl(double value) {
    return new RecipeSettings(
        textsPerFact, modelTexts, grounded, unanswerable, replay, value, heldOut, seed);
  }

  /// The same mixture with other shares of lessons with passages and of the base's own answers.
  public RecipeSettings withShares(double withPassages, double ofReplay) {
    return new RecipeSettings(
        textsPerFact, modelTexts, withPassages, unanswerable, ofReplay, control, heldOut, seed);
  }
}
