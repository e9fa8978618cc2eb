package dev.freehold.teaching;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.teaching.recipe.RecipeSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// What somebody wants taught.
///
/// @param model the base
/// @param name what the adapter will be called
/// @param sources what it is taught, at least one
/// @param method what it learns from
/// @param validation a file whose lessons measure the loss
/// @param exam a file of questions, in place of those the recipe writes
/// @param recipe how the data set is mixed
/// @param settings how the adapter is trained
/// @param trainer who trains; empty: this process
/// @param review whether a person looks at the data set before it is learned
/// @param metadata whatever the caller wants to find again
public record Wish(
    String model,
    String name,
    List<Source> sources,
    Method method,
    Optional<Source.File> validation,
    Optional<Source.File> exam,
    RecipeSettings recipe,
    TrainerSettings settings,
    String trainer,
    boolean review,
    Map<String, String> metadata) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?");

  /// How the names of adapters end that are being examined.
  static final String CANDIDATE = ".exam";

  /// What an adapter learns from.
  public enum Method {
    /// What is said.
    SUPERVISED,
    /// Which of two answers is preferred.
    DPO
  }

  public Wish {
    sources = List.copyOf(sources);
    metadata = Map.copyOf(metadata);
    if (!NAME.matcher(name).matches()) {
      throw new InvalidRequest(
          "An adapter's name is 1 to 64 small letters, digits, '.', '_' or '-', with a letter or"
              + " digit at both ends.",
          "suffix");
    }
    if (sources.isEmpty()) {
      throw new InvalidRequest("There is nothing to teach.", "training_file");
    }
    if (method == Method.DPO && !sources.stream().allMatch(Source.File.class::isInstance)) {
      throw new InvalidRequest("Preferences are taught from a file of pairs.", "training_file");
    }
  }

  /// What these sources teach, with what is standard for them.
  public static Wish of(String model, String name, Source... sources) {
    return new Wish(
        model,
        name,
        List.of(sources),
        Method.SUPERVISED,
        Optional.empty(),
        Optional.empty(),
        RecipeSettings.STANDARD,
        TrainerSettings.standard(List.of(sources)),
        "",
        false,
        Map.of());
  }

  /// The name under which the adapter is asked.
  public String served() {
    return model + "+" + name;
  }

  /// The name under which it is examined before.
  public String candidate() {
    return name.substring(0, Math.min(name.length(), 58)) + CANDIDATE;
  }

  /// The same wish with another recipe.
  public Wish with(RecipeSettings value) {
    return new Wish(
        model, name, sources, method, validation, exam, value, settings, trainer, review, metadata);
  }

  /// The same wish with other settings of the training.
  public Wish with(TrainerSettings value) {
    return new Wish(
        model, name, sources, method, validation, exam, recipe, value, trainer, review, metadata);
  }

  /// The same wish, trained by somebody else.
  Wish trainedBy(String value) {
    return new Wish(
        model, name, sources, method, validation, exam, recipe, settings, value, review, metadata);
  }

  /// The same wish, learned from which of two answers is preferred, or from what is said.
  public Wish by(Method value) {
    return new Wish(
        model, name, sources, value, validation, exam, recipe, settings, trainer, review, metadata);
  }

  /// The same wish, with a file whose rows are never learned and show what was.
  public Wish measuredBy(Optional<Source.File> value) {
    return new Wish(
        model, name, sources, method, value, exam, recipe, settings, trainer, review, metadata);
  }

  /// The same wish, with the data set to be looked at first.
  public Wish reviewed() {
    return new Wish(
        model, name, sources, method, validation, exam, recipe, settings, trainer, true, metadata);
  }
}
