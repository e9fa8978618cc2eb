package dev.freehold.server.openai;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Principal;
import dev.freehold.server.http.Exchange;
import dev.freehold.server.http.Fields;
import dev.freehold.server.http.Json;
import dev.freehold.server.http.Route;
import dev.freehold.teaching.JobEvent;
import dev.freehold.teaching.JobState;
import dev.freehold.teaching.KeptStep;
import dev.freehold.teaching.Source;
import dev.freehold.teaching.Teaching;
import dev.freehold.teaching.TeachingJob;
import dev.freehold.teaching.TrainerSettings;
import dev.freehold.teaching.Wish;
import dev.freehold.teaching.recipe.RecipeSettings;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/fine_tuning/jobs` in OpenAI's shapes. Beside the id of a file, `training_file` takes
/// `collection:ID` and `workload:NAME`. A job whose adapter missed a gate has failed with the code
/// `gates_missed`; it can be served by order on the page.
///
/// Safe for use by many threads at once.
public final class FineTuning {

  private static final int MOST_METADATA = 16;

  private final Teaching teaching;

  /// @param teaching carries jobs out
  public FineTuning(Teaching teaching) {
    this.teaching = teaching;
  }

  /// The routes.
  public List<Route> routes() {
    return List.of(
        Route.of("POST", "/v1/fine_tuning/jobs", this::create),
        Route.of("GET", "/v1/fine_tuning/jobs", this::list, "after", "limit"),
        Route.of("GET", "/v1/fine_tuning/jobs/{job}", this::one),
        Route.of("GET", "/v1/fine_tuning/jobs/{job}/events", this::events, "after", "limit"),
        Route.of(
            "GET", "/v1/fine_tuning/jobs/{job}/checkpoints", this::checkpoints, "after", "limit"),
        Route.of("POST", "/v1/fine_tuning/jobs/{job}/cancel", this::cancel),
        Route.of("POST", "/v1/fine_tuning/jobs/{job}/pause", this::pause),
        Route.of("POST", "/v1/fine_tuning/jobs/{job}/resume", this::resume));
  }

  private void create(Exchange exchange) throws IOException {
    Wish wish = wish(new Fields(exchange.body()));
    exchange.json(200, shape(exchange.principal(), teaching.begin(exchange.principal(), wish)));
  }

  private static Wish wish(Fields fields) {
    String model = fields.requiredText("model");
    Source source = Source.parse(fields.requiredText("training_file"));
    Optional<Source.File> validation =
        fields
            .text("validation_file")
            .map(Source::parse)
            .map(file -> {
              if (file instanceof Source.File found) {
                return found;
              }
              throw new InvalidRequest("validation_file is the id of a file.", "validation_file");
            });
    String suffix =
        fields.text("suffix").orElseGet(() -> "ft-" + UUID.randomUUID().toString().substring(0, 8));
    long seed = fields.wholeLong("seed").orElse(TrainerSettings.STANDARD.seed());
    fields.refuse("integrations", JsonNode::isEmpty, "nothing here reports elsewhere.");
    Map<String, String> metadata = metadata(fields);
    Optional<JsonNode> older = fields.any("hyperparameters");
    Optional<JsonNode> method = fields.any("method");
    if (older.isPresent() && method.isPresent()) {
      throw new InvalidRequest(
          "hyperparameters is the older place; with method, leave it out.", "hyperparameters");
    }
    Wish.Method kind = Wish.Method.SUPERVISED;
    TrainerSettings standard = TrainerSettings.standard(List.of(source));
    TrainerSettings settings = standard;
    if (older.isPresent()) {
      settings = hyperparameters(Fields.inside(older.get(), "hyperparameters"), standard, false);
    } else if (method.isPresent()) {
      Fields inside = Fields.inside(method.get(), "method");
      kind = kind(inside.requiredText("type"));
      String name = kind == Wish.Method.DPO ? "dpo" : "supervised";
      Optional<JsonNode> body = inside.any(name);
      if (body.isPresent()) {
        Fields recipe = Fields.inside(body.get(), "method." + name);
        Optional<JsonNode> numbers = recipe.any("hyperparameters");
        if (numbers.isPresent()) {
          settings =
              hyperparameters(
                  Fields.inside(numbers.get(), "method." + name + ".hyperparameters"),
                  standard,
                  kind == Wish.Method.DPO);
        }
        recipe.refuseOthers();
      }
      inside.refuseOthers();
    }
    fields.refuseOthers();
    return new Wish(
        model,
        suffix,
        List.of(source),
        kind,
        validation,
        Optional.empty(),
        RecipeSettings.STANDARD,
        seeded(settings, seed),
        "",
        false,
        metadata);
  }

  private static Wish.Method kind(String type) {
    return switch (type) {
      case "supervised" -> Wish.Method.SUPERVISED;
      case "dpo" -> Wish.Method.DPO;
      default ->
          throw new InvalidRequest(
              "method.type is supervised or dpo here; reinforcement is not taught yet.",
              "method.type");
    };
  }

  private static TrainerSettings hyperparameters(
      Fields fields, TrainerSettings standard, boolean preferences) {
    int epochs = (int) number(fields, "n_epochs").orElse(standard.epochs());
    int batch = (int) number(fields, "batch_size").orElse(standard.examplesPerStep());
    double multiplier = number(fields, "learning_rate_multiplier").orElse(1);
    double beta = preferences ? number(fields, "beta").orElse(standard.beta()) : standard.beta();
    fields.refuseOthers();
    return new TrainerSettings(
        standard.rank(),
        standard.alpha(),
        standard.targets(),
        standard.learningRate() * multiplier,
        epochs,
        batch,
        standard.sequenceLength(),
        standard.seed(),
        beta);
  }

  // OpenAI's own word for "as you think right".
  private static OptionalDouble number(Fields fields, String field) {
    Optional<JsonNode> node = fields.any(field);
    return node.isPresent() && node.get().isString() && node.get().stringValue().equals("auto")
        ? OptionalDouble.empty()
        : fields.number(field);
  }

  private static TrainerSettings seeded(TrainerSettings settings, long seed) {
    return new TrainerSettings(
        settings.rank(),
        settings.alpha(),
        settings.targets(),
        settings.learningRate(),
        settings.epochs(),
        settings.examplesPerStep(),
        settings.sequenceLength(),
        seed,
        settings.beta());
  }

  private static Map<String, String> metadata(Fields fields) {
    Map<String, String> metadata = new TreeMap<>();
    fields
        .any("metadata")
        .ifPresent(node -> {
          if (!node.isObject() || node.size() > MOST_METADATA) {
            throw new InvalidRequest("metadata is an object of at most 16 strings.", "metadata");
          }
          node.properties()
              .forEach(entry ->
                  metadata.put(
                      entry.getKey(), Fields.text(entry.getValue(), "metadata." + entry.getKey())));
        });
    return metadata;
  }

  private ObjectNode shape(Principal asker, TeachingJob job) {
    return FineTuningJson.job(
        job, job.state() == JobState.TRAINING ? teaching.keptSteps(asker, job.id()) : List.of());
  }

  private void list(Exchange exchange) {
    page(
        exchange,
        teaching.jobs(exchange.principal()).stream()
            .map(job -> shape(exchange.principal(), job))
            .toList());
  }

  private void one(Exchange exchange) {
    exchange.json(
        200, shape(exchange.principal(), teaching.job(exchange.principal(), exchange.path("job"))));
  }

  private void cancel(Exchange exchange) {
    exchange.json(
        200,
        shape(exchange.principal(), teaching.cancel(exchange.principal(), exchange.path("job"))));
  }

  private void pause(Exchange exchange) {
    exchange.json(
        200,
        shape(exchange.principal(), teaching.pause(exchange.principal(), exchange.path("job"))));
  }

  private void resume(Exchange exchange) {
    exchange.json(
        200,
        shape(exchange.principal(), teaching.resume(exchange.principal(), exchange.path("job"))));
  }

  // What happened and the steps that were made, the newest first.
  private void events(Exchange exchange) {
    String id = exchange.path("job");
    Principal asker = exchange.principal();
    TeachingJob job = teaching.job(asker, id);
    record Told(Instant at, ObjectNode event) {}
    List<Told> all = new ArrayList<>();
    for (KeptStep step : teaching.keptSteps(asker, id)) {
      all.add(new Told(step.at().orElse(job.created()), FineTuningJson.event(job, step)));
    }
    for (JobEvent event : teaching.events(asker, id)) {
      all.add(new Told(event.at(), FineTuningJson.event(job, event)));
    }
    all.sort(Comparator.comparing(Told::at));
    page(exchange, all.reversed().stream().map(Told::event).toList());
  }

  // Only what can be asked is listed: the adapter that is served, with the step it is of.
  private void checkpoints(Exchange exchange) {
    String id = exchange.path("job");
    Principal asker = exchange.principal();
    TeachingJob job = teaching.job(asker, id);
    OptionalInt step = teaching.adapterStep(asker, id);
    List<ObjectNode> all = new ArrayList<>();
    if (job.state() == JobState.PUBLISHED && step.isPresent()) {
      ObjectNode one =
          Json.object()
              .put("object", "fine_tuning.job.checkpoint")
              .put("id", id.replace("ftjob-", "ftckpt-"))
              .put("created_at", job.finished().map(Instant::getEpochSecond).orElse(0L))
              .put("fine_tuned_model_checkpoint", job.wish().served())
              .put("fine_tuning_job_id", id)
              .put("step_number", step.getAsInt());
      one.set(
          "metrics",
          teaching.steps(asker, id).stream()
              .filter(made -> made.step() == step.getAsInt())
              .findFirst()
              .map(FineTuningJson::metrics)
              .orElseGet(Json::object));
      all.add(one);
    }
    page(exchange, all);
  }

  private static void page(Exchange exchange, List<ObjectNode> all) {
    int limit = exchange.query("limit").map(FineTuning::limit).orElse(20);
    int from = 0;
    Optional<String> after = exchange.query("after");
    if (after.isPresent()) {
      while (from < all.size() && !all.get(from).path("id").asString("").equals(after.get())) {
        from++;
      }
      if (from == all.size()) {
        throw new InvalidRequest("after names nothing of this list.", "after");
      }
      from++;
    }
    int to = Math.min(all.size(), from + limit);
    ObjectNode body = Json.object().put("object", "list");
    ArrayNode data = body.putArray("data");
    all.subList(from, to).forEach(data::add);
    exchange.json(200, body.put("has_more", to < all.size()));
  }

  private static int limit(String text) {
    if (!text.matches("[1-9]\\d?|100")) {
      throw new InvalidRequest("limit is 1 to 100.", "limit");
    }
    return Integer.parseInt(text);
  }
}
