package dev.freehold.cli;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Unavailable;
import dev.freehold.engine.ConversationTokens;
import dev.freehold.model.Models;
import dev.freehold.model.adapter.AdapterFile;
import dev.freehold.model.adapter.GgufAdapter;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.store.ModelStore;
import dev.freehold.store.StoredModel;
import dev.freehold.teaching.Estimate;
import dev.freehold.teaching.Material;
import dev.freehold.teaching.StepReport;
import dev.freehold.teaching.Trainer;
import dev.freehold.teaching.TrainerSettings;
import dev.freehold.teaching.lesson.Kind;
import dev.freehold.teaching.lesson.Lesson;
import dev.freehold.teaching.lesson.PreferencePair;
import dev.freehold.teaching.lesson.Turn;
import dev.freehold.training.Example;
import dev.freehold.training.Lessons;
import dev.freehold.training.Target;
import dev.freehold.training.TrainingResult;
import dev.freehold.training.TrainingRun;
import dev.freehold.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Trains in this process, on the very weights that serve. Safe for use by many threads at once.
///
/// @param store where the bases lie
/// @param threads threads for arithmetic; 0: one for each physical core
record LocalTrainer(ModelStore store, int threads) implements Trainer {

  /// What is trained on, in tokens.
  ///
  /// @param leftOut lessons that are longer than a sequence may be
  private record Prepared(Lessons lessons, TrainingSettings settings, int count, int leftOut) {}

  @Override
  public Estimate estimate(String model, Material material, TrainerSettings settings) {
    try (ModelFile base = Models.file(store.resolve(model).file())) {
      Prepared prepared = prepare(base, material, settings);
      return estimate(
          TrainingRun.estimate(base, prepared.lessons(), prepared.settings()), prepared);
    }
  }

  private static Estimate estimate(dev.freehold.training.Estimate known, Prepared prepared) {
    if (!known.fits()) {
      throw new Unavailable("This training does not fit in memory. " + known.remedy());
    }
    return new Estimate(
        prepared.count(),
        prepared.leftOut(),
        known.tokens(),
        known.steps(),
        known.bytes(),
        known.time());
  }

  @Override
  public Training open(String model, Material material, TrainerSettings settings, Path folder) {
    StoredModel stored = store.resolve(model);
    try (ModelFile base = Models.file(stored.file())) {
      Prepared prepared = prepare(base, material, settings);
      Path checkpoints = folder.resolve("checkpoint");
      Files.createDirectories(checkpoints);
      TrainingRun run =
          TrainingRun.open(base, prepared.lessons(), prepared.settings(), checkpoints);
      return new Running(run, prepared, stored, folder.resolve("adapter.gguf"));
    } catch (IOException e) {
      throw new Unavailable("%s cannot be used: %s.".formatted(folder, e.getMessage()), e);
    }
  }

  private Prepared prepare(ModelFile base, Material material, TrainerSettings settings) {
    TrainingRun.requireTrainable(base);
    ConversationTokens tokens = ConversationTokens.read(base.metadata());
    int most = settings.sequenceLength();
    return switch (material) {
      case Material.Lessons lessons -> {
        List<Example> learned = examples(tokens, lessons.learned(), most);
        List<Example> heldOut = examples(tokens, lessons.heldOut(), most);
        requireSome(learned, most);
        yield new Prepared(
            new Lessons.Texts(learned, heldOut),
            settings(settings),
            learned.size(),
            lessons.learned().size() - learned.size());
      }
      case Material.Pairs pairs -> {
        List<dev.freehold.training.PreferencePair> learned = pairs(tokens, pairs.learned(), most);
        requireSome(learned, most);
        yield new Prepared(
            new Lessons.Pairs(learned, pairs(tokens, pairs.heldOut(), most), settings.beta()),
            settings(settings),
            learned.size(),
            pairs.learned().size() - learned.size());
      }
    };
  }

  private static void requireSome(List<?> learned, int most) {
    if (learned.isEmpty()) {
      throw new InvalidRequest(
          "No lesson fits %d tokens; allow longer sequences.".formatted(most), "sequence_length");
    }
  }

  private TrainingSettings settings(TrainerSettings wanted) {
    TrainingSettings standard = TrainingSettings.standard();
    TrainingSettings.Optimisation optimisation = standard.optimisation();
    TrainingSettings.Course course = standard.course();
    TrainingSettings.Machine machine = standard.machine();
    return new TrainingSettings(
        new TrainingSettings.Shape(wanted.rank(), wanted.alpha(), Target.read(wanted.targets())),
        new TrainingSettings.Optimisation(
            wanted.learningRate(),
            optimisation.schedule(),
            optimisation.warmup(),
            optimisation.weightDecay(),
            optimisation.clip()),
        new TrainingSettings.Course(
            wanted.epochs(),
            wanted.examplesPerStep(),
            wanted.sequenceLength(),
            wanted.seed(),
            course.heldOutEvery(),
            course.patience(),
            course.checkpointEvery(),
            course.drift()),
        threads == 0
            ? machine
            : new TrainingSettings.Machine(
                threads, machine.tokensPerPass(), machine.activations(), machine.precision()));
  }

  private static List<Example> examples(ConversationTokens tokens, List<Lesson> lessons, int most) {
    List<Example> examples = new ArrayList<>();
    for (Lesson lesson : lessons) {
      ConversationTokens.Marked marked =
          switch (lesson) {
            case Lesson.Talk talk ->
                tokens.of(
                    new Prompt.Conversation(talk.turns().stream().map(Turn::message).toList())
                        .withToolUse(talk.toolUse()),
                    talk.turns().stream().map(Turn::trained).toList());
            case Lesson.Completion text -> tokens.of(text.prompt(), text.completion());
          };
      if (marked.tokens().length <= most) {
        Example example = new Example(marked.tokens(), marked.said());
        examples.add(lesson.kind() == Kind.REPLAY ? example.asKept() : example);
      }
    }
    return examples;
  }

  private static List<dev.freehold.training.PreferencePair> pairs(
      ConversationTokens tokens, List<PreferencePair> pairs, int most) {
    List<dev.freehold.training.PreferencePair> prepared = new ArrayList<>();
    for (PreferencePair pair : pairs) {
      Example preferred = answer(tokens, pair, pair.preferred());
      Example other = answer(tokens, pair, pair.other());
      if (preferred.tokens().length <= most && other.tokens().length <= most) {
        prepared.add(new dev.freehold.training.PreferencePair(preferred, other));
      }
    }
    return prepared;
  }

  private static Example answer(
      ConversationTokens tokens, PreferencePair pair, Message.Assistant answer) {
    List<Message> messages = new ArrayList<>(pair.messages());
    List<Boolean> learned = new ArrayList<>();
    messages.forEach(_ -> learned.add(false));
    messages.add(answer);
    learned.add(true);
    ConversationTokens.Marked marked =
        tokens.of(new Prompt.Conversation(messages).withToolUse(pair.toolUse()), learned);
    return new Example(marked.tokens(), marked.said());
  }

  private record Running(TrainingRun run, Prepared prepared, StoredModel base, Path adapter)
      implements Training {

    @Override
    public Estimate estimate() {
      return LocalTrainer.estimate(run.estimate(), prepared);
    }

    @Override
    public Outcome run(Consumer<StepReport> listener) {
      TrainingResult result =
          run.run(step ->
              listener.accept(
                  new StepReport(
                      step.step(),
                      step.of(),
                      step.loss(),
                      step.heldOutLoss(),
                      step.learningRate(),
                      step.tokensPerSecond(),
                      step.left(),
                      step.memory(),
                      step.checkpointed())));
      boolean complete = result.ending() != TrainingResult.Ending.CANCELLED;
      if (complete) {
        write(result);
      }
      return new Outcome(complete, adapter, result.step(), result.heldOutLoss());
    }

    // There whole or not at all.
    private void write(TrainingResult result) {
      Path beside = adapter.resolveSibling("adapter.new");
      try {
        Files.deleteIfExists(beside);
        GgufAdapter.write(
            AdapterFile.of(result.adapter()).madeFor(base.name(), base.digest().toString()),
            beside);
        Files.move(
            beside, adapter, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        throw new Unavailable("%s cannot be written: %s.".formatted(adapter, e.getMessage()), e);
      }
    }

    @Override
    public void cancel() {
      run.cancel();
    }

    @Override
    public void close() {
      run.close();
    }
  }
}
