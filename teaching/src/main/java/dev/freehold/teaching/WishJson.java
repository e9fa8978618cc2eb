package dev.freehold.teaching;

import dev.freehold.teaching.recipe.RecipeSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A wish as the database keeps it.
final class WishJson {

  private WishJson() {}

  static String write(Wish wish) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("model", wish.model()).put("name", wish.name());
    wish.sources().forEach(source -> json.withArray("sources").add(source.toString()));
    json.put("method", wish.method().name().toLowerCase(Locale.ROOT));
    wish.validation().ifPresent(file -> json.put("validation", file.id()));
    wish.exam().ifPresent(file -> json.put("exam", file.id()));
    RecipeSettings recipe = wish.recipe();
    json.putObject("recipe")
        .put("textsPerFact", recipe.textsPerFact())
        .put("modelTexts", recipe.modelTexts())
        .put("grounded", recipe.grounded())
        .put("unanswerable", recipe.unanswerable())
        .put("replay", recipe.replay())
        .put("control", recipe.control())
        .put("heldOut", recipe.heldOut())
        .put("seed", recipe.seed());
    TrainerSettings settings = wish.settings();
    ObjectNode training =
        json.putObject("training")
            .put("rank", settings.rank())
            .put("alpha", settings.alpha())
            .put("learningRate", settings.learningRate())
            .put("epochs", settings.epochs())
            .put("examplesPerStep", settings.examplesPerStep())
            .put("sequenceLength", settings.sequenceLength())
            .put("seed", settings.seed())
            .put("beta", settings.beta());
    settings.targets().forEach(training.putArray("targets")::add);
    json.put("trainer", wish.trainer()).put("review", wish.review());
    wish.metadata().forEach(json.putObject("metadata")::put);
    return json.toString();
  }

  static Wish read(String text) {
    JsonNode json = JsonMapper.shared().readTree(text);
    List<Source> sources = new ArrayList<>();
    json.path("sources").forEach(node -> sources.add(Source.parse(node.asString())));
    Map<String, String> metadata = new TreeMap<>();
    json.path("metadata")
        .properties()
        .forEach(entry -> metadata.put(entry.getKey(), entry.getValue().asString()));
    return new Wish(
        json.path("model").asString(),
        json.path("name").asString(),
        sources,
        Wish.Method.valueOf(json.path("method").asString().toUpperCase(Locale.ROOT)),
        file(json, "validation"),
        file(json, "exam"),
        recipe(json.path("recipe")),
        training(json.path("training")),
        json.path("trainer").asString(),
        json.path("review").booleanValue(),
        metadata);
  }

  private static Optional<Source.File> file(JsonNode json, String field) {
    return json.has(field)
        ? Optional.of(new Source.File(json.path(field).asString()))
        : Optional.empty();
  }

  private static RecipeSettings recipe(JsonNode json) {
    return new RecipeSettings(
        json.path("textsPerFact").intValue(),
        json.path("modelTexts").intValue(),
        json.path("grounded").doubleValue(),
        json.path("unanswerable").doubleValue(),
        json.path("replay").doubleValue(),
        json.path("control").doubleValue(),
        json.path("heldOut").doubleValue(),
        json.path("seed").longValue());
  }

  private static TrainerSettings training(JsonNode json) {
    List<String> targets = new ArrayList<>();
    json.path("targets").forEach(node -> targets.add(node.asString()));
    return new TrainerSettings(
        json.path("rank").intValue(),
        json.path("alpha").doubleValue(),
        targets,
        json.path("learningRate").doubleValue(),
        json.path("epochs").intValue(),
        json.path("examplesPerStep").intValue(),
        json.path("sequenceLength").intValue(),
        json.path("seed").longValue(),
        json.path("beta").doubleValue());
  }
}
