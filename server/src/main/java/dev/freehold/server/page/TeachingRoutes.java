package dev.freehold.server.page;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Principal;
import dev.freehold.server.http.Exchange;
import dev.freehold.server.http.Fields;
import dev.freehold.server.http.Json;
import dev.freehold.server.http.Route;
import dev.freehold.teaching.AdapterShelf;
import dev.freehold.teaching.Estimate;
import dev.freehold.teaching.Source;
import dev.freehold.teaching.StepReport;
import dev.freehold.teaching.TaughtFile;
import dev.freehold.teaching.Teaching;
import dev.freehold.teaching.TeachingJob;
import dev.freehold.teaching.TrainerSettings;
import dev.freehold.teaching.Wish;
import dev.freehold.teaching.exam.ExaminedJson;
import dev.freehold.teaching.recipe.RecipeSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `/api/teachings`: what the page shows and decides of teaching. Everybody sees their own.
///
/// Safe for use by many threads at once.
public final class TeachingRoutes {

  /// Points of a curve; a page draws no more.
  private static final int MOST_POINTS = 400;

  private static final int MOST_BYTES = 128 << 20;
  private static final int LONGEST_NAME = 255;

  private final Teaching teaching;

  /// @param teaching carries jobs out
  public TeachingRoutes(Teaching teaching) {
    this.teaching = teaching;
  }

  /// The routes.
  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/api/teachings", this::list),
        Route.of("POST", "/api/teachings", this::begin),
        Route.of("POST", "/api/teaching/files", this::bring, "name"),
        Route.of("GET", "/api/teachings/{job}", this::show),
        Route.of("GET", "/api/teachings/{job}/adapter", this::adapter, "form"),
        Route.of("GET", "/api/teachings/{job}/lessons", this::lessons),
        Route.of("POST", "/api/teachings/{job}/lessons", this::edit),
        Route.of("POST", "/api/teachings/{job}/resume", this::resume),
        Route.of("POST", "/api/teachings/{job}/pause", this::pause),
        Route.of("POST", "/api/teachings/{job}/cancel", this::cancel),
        Route.of("POST", "/api/teachings/{job}/publish", this::order));
  }

  private void list(Exchange exchange) {
    ObjectNode body = Json.object();
    ArrayNode array = body.putArray("teachings");
    teaching.jobs(exchange.principal()).forEach(job -> array.add(shape(job)));
    exchange.json(200, body);
  }

  private void begin(Exchange exchange) throws IOException {
    var fields = new Fields(exchange.body());
    String model = fields.requiredText("model");
    String name = fields.requiredText("name");
    List<String> sources = fields.texts("sources").orElseThrow(() -> fields.missing("sources"));
    int texts = fields.whole("textsPerFact", 1, 200).orElse(RecipeSettings.STANDARD.textsPerFact());
    OptionalInt epochs = fields.whole("epochs", 1, 1000);
    boolean review = fields.flag("review").orElse(true);
    Wish.Method method = method(fields.text("method").orElse("supervised"));
    Optional<Source.File> validation = fields.text("validation").map(TeachingRoutes::file);
    fields.refuseOthers();
    Source[] parsed = sources.stream().map(Source::parse).toArray(Source[]::new);
    TrainerSettings standard = TrainerSettings.standard(List.of(parsed));
    Wish wish =
        Wish.of(model, name, parsed)
            .with(RecipeSettings.STANDARD.withTexts(texts, RecipeSettings.STANDARD.modelTexts()))
            .with(
                new TrainerSettings(
                    standard.rank(),
                    standard.alpha(),
                    standard.targets(),
                    standard.learningRate(),
                    epochs.orElse(standard.epochs()),
                    standard.examplesPerStep(),
                    standard.sequenceLength(),
                    standard.seed(),
                    standard.beta()))
            .by(method)
            .measuredBy(validation);
    exchange.json(
        201, shape(teaching.begin(exchange.principal(), review ? wish.reviewed() : wish)));
  }

  private static Wish.Method method(String word) {
    return switch (word) {
      case "supervised" -> Wish.Method.SUPERVISED;
      case "dpo" -> Wish.Method.DPO;
      default -> throw new InvalidRequest("method is supervised or dpo.", "method");
    };
  }

  private static Source.File file(String written) {
    if (Source.parse(written) instanceof Source.File file) {
      return file;
    }
    throw new InvalidRequest("validation is the id of a file.", "validation");
  }

  private void bring(Exchange exchange) throws IOException {
    String name = exchange.query("name").filter(given -> !given.isBlank()).orElse("file.jsonl");
    if (name.length() > LONGEST_NAME) {
      throw new InvalidRequest("The file's name is too long.", "name");
    }
    TaughtFile file;
    try (InputStream in = exchange.body(MOST_BYTES)) {
      file = teaching.files().bring(exchange.principal(), name, "fine-tune", in, MOST_BYTES);
    }
    exchange.json(
        201,
        Json.object().put("id", file.id()).put("name", file.name()).put("bytes", file.bytes()));
  }

  private void adapter(Exchange exchange) throws IOException {
    Principal asker = exchange.principal();
    TeachingJob job = teaching.job(asker, exchange.path("job"));
    AdapterShelf.Form form =
        switch (exchange.query("form").orElse("gguf")) {
          case "gguf" -> AdapterShelf.Form.GGUF;
          case "peft" -> AdapterShelf.Form.PEFT;
          default -> throw new InvalidRequest("form is gguf or peft.", "form");
        };
    String ending = form == AdapterShelf.Form.GGUF ? ".gguf" : "-peft.zip";
    Path file = teaching.export(asker, job.id(), form);
    try {
      exchange.set(
          "content-disposition",
          "attachment; filename=\"%s%s\"".formatted(job.wish().name(), ending));
      exchange.stream(
          200, "application/octet-stream", Files.size(file), out -> Files.copy(file, out));
    } finally {
      Files.delete(file);
    }
  }

  private void show(Exchange exchange) {
    Principal asker = exchange.principal();
    String id = exchange.path("job");
    ObjectNode json = shape(teaching.job(asker, id));
    ArrayNode events = json.putArray("events");
    teaching
        .events(asker, id)
        .forEach(event ->
            events
                .addObject()
                .put("at", event.at().toString())
                .put("level", event.level())
                .put("message", event.message()));
    ObjectNode names = json.putObject("files");
    teaching.files().all(asker).stream()
        .filter(file -> json.get("sources").toString().contains(file.id()))
        .forEach(file -> names.put(file.id(), file.name()));
    List<StepReport> steps = teaching.steps(asker, id);
    ArrayNode points = json.putArray("steps");
    int every = Math.max(1, steps.size() / MOST_POINTS);
    for (int i = 0; i < steps.size(); i++) {
      if (i % every == 0 || i == steps.size() - 1 || steps.get(i).heldOutLoss().isPresent()) {
        points.add(step(steps.get(i)));
      }
    }
    teaching
        .tally(asker, id)
        .ifPresent(tally -> {
          ObjectNode node =
              json.putObject("dataSet").put("facts", tally.facts()).put("control", tally.control());
          tally.kept().forEach(node.putObject("kept")::put);
          tally.dropped().forEach(node.putObject("dropped")::put);
        });
    teaching
        .examined(asker, id)
        .ifPresent(examined ->
            json.set(
                "examined",
                Json.read(ExaminedJson.write(examined).getBytes(StandardCharsets.UTF_8))));
    exchange.json(200, json);
  }

  private void lessons(Exchange exchange) {
    exchange.set("cache-control", "no-store");
    exchange.bytes(
        200, "application/jsonl", teaching.lessons(exchange.principal(), exchange.path("job")));
  }

  private void edit(Exchange exchange) throws IOException {
    teaching.job(exchange.principal(), exchange.path("job"));
    byte[] body;
    try (InputStream in = exchange.body(MOST_BYTES)) {
      body = in.readAllBytes();
    }
    teaching.edit(exchange.principal(), exchange.path("job"), body);
    exchange.noContent();
  }

  private void resume(Exchange exchange) {
    exchange.json(200, shape(teaching.resume(exchange.principal(), exchange.path("job"))));
  }

  private void pause(Exchange exchange) {
    exchange.json(200, shape(teaching.pause(exchange.principal(), exchange.path("job"))));
  }

  private void cancel(Exchange exchange) {
    exchange.json(200, shape(teaching.cancel(exchange.principal(), exchange.path("job"))));
  }

  private void order(Exchange exchange) throws IOException {
    teaching.job(exchange.principal(), exchange.path("job"));
    var fields = new Fields(exchange.body());
    String reason = fields.requiredText("reason");
    fields.refuseOthers();
    exchange.json(200, shape(teaching.order(exchange.principal(), exchange.path("job"), reason)));
  }

  private static ObjectNode shape(TeachingJob job) {
    Wish wish = job.wish();
    ObjectNode json =
        Json.object()
            .put("id", job.id())
            .put("model", wish.model())
            .put("name", wish.name())
            .put("served", wish.served())
            .put("state", job.state().word())
            .put("problem", job.problem())
            .put("reason", job.reason())
            .put("created", job.created().toString())
            .put("review", wish.review())
            .put("method", wish.method().name().toLowerCase(Locale.ROOT))
            .put("trainer", wish.trainer());
    ArrayNode sources = json.putArray("sources");
    wish.sources().forEach(source -> sources.add(source.toString()));
    job.estimate().ifPresent(estimate -> json.set("estimate", estimate(estimate)));
    return json;
  }

  private static ObjectNode estimate(Estimate estimate) {
    return Json.object()
        .put("lessons", estimate.lessons())
        .put("leftOut", estimate.leftOut())
        .put("tokens", estimate.tokens())
        .put("steps", estimate.steps())
        .put("memory", estimate.memory())
        .put("seconds", estimate.time().toSeconds());
  }

  private static ObjectNode step(StepReport step) {
    ObjectNode json =
        Json.object()
            .put("step", step.step())
            .put("of", step.of())
            .put("loss", step.loss())
            .put("tokensPerSecond", step.tokensPerSecond())
            .put("secondsLeft", step.left().toSeconds())
            .put("memory", step.memory())
            .put("checkpointed", step.checkpointed());
    step.heldOutLoss().ifPresent(loss -> json.put("heldOutLoss", loss));
    return json;
  }
}
