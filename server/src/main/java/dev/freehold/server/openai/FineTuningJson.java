package dev.freehold.server.openai;

import dev.freehold.server.http.Json;
import dev.freehold.teaching.JobEvent;
import dev.freehold.teaching.JobState;
import dev.freehold.teaching.KeptStep;
import dev.freehold.teaching.Source;
import dev.freehold.teaching.StepReport;
import dev.freehold.teaching.TeachingJob;
import dev.freehold.teaching.TrainerSettings;
import dev.freehold.teaching.Wish;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Jobs, their events and their numbers in OpenAI's shapes.
final class FineTuningJson {

  private FineTuningJson() {}

  static String status(JobState state) {
    return switch (state) {
      case WRITING -> "validating_files";
      case QUEUED -> "queued";
      case TRAINING, EXAMINING -> "running";
      case REVIEW, PAUSED -> "paused";
      case PUBLISHED -> "succeeded";
      case HELD_BACK, FAILED -> "failed";
      case CANCELLED -> "cancelled";
    };
  }

  static ObjectNode job(TeachingJob job, List<KeptStep> steps) {
    Wish wish = job.wish();
    ObjectNode json =
        Json.object()
            .put("object", "fine_tuning.job")
            .put("id", job.id())
            .put("model", wish.model())
            .put("created_at", job.created().getEpochSecond());
    job.finished()
        .ifPresentOrElse(
            at -> json.put("finished_at", at.getEpochSecond()), () -> json.putNull("finished_at"));
    json.put("fine_tuned_model", job.state() == JobState.PUBLISHED ? wish.served() : null)
        .put("organization_id", "freehold")
        .put("status", status(job.state()))
        .put("training_file", wish.sources().getFirst().toString())
        .put("validation_file", wish.validation().map(Source.File::id).orElse(null))
        .put("seed", wish.settings().seed())
        .put("suffix", wish.name());
    json.putArray("result_files");
    json.putArray("integrations");
    if (job.trainedTokens() > 0) {
      json.put("trained_tokens", job.trainedTokens());
    } else {
      json.putNull("trained_tokens");
    }
    switch (job.state()) {
      case FAILED, HELD_BACK ->
          json.putObject("error")
              .put("code", job.state() == JobState.FAILED ? "job_failed" : "gates_missed")
              .put("message", job.problem())
              .putNull("param");
      case WRITING, REVIEW, QUEUED, TRAINING, PAUSED, EXAMINING, PUBLISHED, CANCELLED ->
          json.putNull("error");
    }
    json.put("estimated_finish", finish(job, steps));
    json.set("hyperparameters", hyperparameters(wish));
    ObjectNode method = json.putObject("method");
    String kind = wish.method() == Wish.Method.DPO ? "dpo" : "supervised";
    method.put("type", kind).putObject(kind).set("hyperparameters", hyperparameters(wish));
    ObjectNode metadata = json.putObject("metadata");
    wish.metadata().forEach(metadata::put);
    return json;
  }

  private static @Nullable Long finish(TeachingJob job, List<KeptStep> steps) {
    return job.state() != JobState.TRAINING || steps.isEmpty()
        ? null
        : steps
            .getLast()
            .at()
            .map(at -> at.plus(steps.getLast().report().left()).getEpochSecond())
            .orElse(null);
  }

  private static ObjectNode hyperparameters(Wish wish) {
    TrainerSettings settings = wish.settings();
    ObjectNode json =
        Json.object()
            .put("n_epochs", settings.epochs())
            .put("batch_size", settings.examplesPerStep())
            .put(
                "learning_rate_multiplier",
                settings.learningRate() / TrainerSettings.standard(wish.sources()).learningRate());
    if (wish.method() == Wish.Method.DPO) {
      json.put("beta", settings.beta());
    }
    return json;
  }

  static ObjectNode event(TeachingJob job, JobEvent event) {
    return event(job, "%d".formatted(event.number()), event.at())
        .put("level", event.level())
        .put("message", event.message())
        .put("type", "message");
  }

  static ObjectNode event(TeachingJob job, KeptStep kept) {
    StepReport step = kept.report();
    ObjectNode json =
        event(job, "step-%d".formatted(step.step()), kept.at().orElse(job.created()))
            .put("level", "info")
            .put(
                "message",
                String.format(
                    Locale.ROOT,
                    "Step %d/%d: training loss=%.2f%s",
                    step.step(),
                    step.of(),
                    step.loss(),
                    step.heldOutLoss().isPresent()
                        ? String.format(
                            Locale.ROOT, ", validation loss=%.2f", step.heldOutLoss().getAsDouble())
                        : ""))
            .put("type", "metrics");
    json.set("data", metrics(step).put("total_steps", step.of()));
    return json;
  }

  private static ObjectNode event(TeachingJob job, String number, Instant at) {
    return Json.object()
        .put("object", "fine_tuning.job.event")
        .put("id", "ftevent-%s-%s".formatted(job.id().replace("ftjob-", ""), number))
        .put("created_at", at.getEpochSecond());
  }

  // Shares of tokens that were guessed right are not counted here, and so are left out.
  static ObjectNode metrics(StepReport step) {
    ObjectNode metrics = Json.object().put("step", step.step()).put("train_loss", step.loss());
    step.heldOutLoss().ifPresent(loss -> metrics.put("valid_loss", loss));
    return metrics;
  }
}
