package dev.freehold.engine;

import dev.freehold.chat.Busy;
import dev.freehold.chat.Unavailable;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.Batch;
import dev.freehold.model.FittedAdapter;
import dev.freehold.model.LanguageModel;
import dev.freehold.model.Logits;
import dev.freehold.model.adapter.Adapter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One thread that steps one model for everybody who asks: schedule, step, accept, over and over.
///
/// Safe for use by many threads. If the thread dies, whatever waits fails with [Unavailable], and
/// so does what comes later; nobody waits for ever.
final class Engine implements AutoCloseable {

  private final LanguageModel model;
  private final EngineConfiguration configuration;
  private final @Nullable PromptStore prompts;
  private final Scheduler scheduler;
  private final Thread thread;

  /// Guards the five fields below; its condition is that one of them has changed.
  private final Object lock = new Object();

  private final List<Sequence> inbox = new ArrayList<>();
  private final List<String> erased = new ArrayList<>();
  private int unfinished;
  private boolean closing;
  private @Nullable Unavailable failure;

  Engine(LanguageModel model, EngineConfiguration configuration, String name) {
    this(model, configuration, name, null);
  }

  /// @param prompts what is saved of long prompts, closed with the engine; null: nothing is
  Engine(
      LanguageModel model,
      EngineConfiguration configuration,
      String name,
      @Nullable PromptStore prompts) {
    this.model = model;
    this.configuration = configuration;
    this.prompts = prompts;
    this.scheduler = new Scheduler(model, configuration, prompts);
    this.thread = Thread.ofPlatform().name("engine-" + name).daemon().start(this::run);
  }

  /// Makes an adapter ready for the model. Errors are those of [LanguageModel#fit].
  FittedAdapter fit(Adapter adapter) {
    return model.fit(adapter);
  }

  /// Takes in a sequence.
  ///
  /// @throws Busy where too many wait
  /// @throws Unavailable where the engine has ended
  /// @throws Unsupported where an answer is asked of a model that only embeds
  void submit(Sequence sequence) {
    if (sequence instanceof Generation && model.parameters().wholeTexts()) {
      throw new Unsupported(
          "An answer from a model of architecture %s, which reads texts and writes none,"
              .formatted(model.parameters().architecture()),
          "embeddings");
    }
    synchronized (lock) {
      if (failure != null) {
        throw new Unavailable(failure.getMessage(), failure);
      }
      if (closing) {
        throw new Unavailable("The model is being closed.");
      }
      if (unfinished >= configuration.running() + configuration.waiting()) {
        throw new Busy(
            "%d requests run and %d wait already; try again shortly."
                .formatted(configuration.running(), configuration.waiting()),
            Duration.ofSeconds(2));
      }
      inbox.add(sequence);
      unfinished++;
      lock.notifyAll();
    }
  }

  /// Lets go of what is remembered of an owner's finished requests, before the next step.
  void forget(String owner) {
    if (prompts != null) {
      prompts.forget(owner);
    }
    synchronized (lock) {
      erased.add(owner);
      lock.notifyAll();
    }
  }

  private void run() {
    Unavailable end = new Unavailable("The model was closed before the answer was complete.");
    try {
      while (takeIn()) {
        List<Batch.Entry> entries = scheduler.next();
        if (!entries.isEmpty()) {
          Logits logits = model.step(new Batch(entries));
          scheduler.accept(logits);
        }
      }
    } catch (RuntimeException | Error e) {
      end =
          new Unavailable(
              "The model stopped because of a fault (%s). Open it again.".formatted(e), e);
    } finally {
      end(end);
    }
  }

  /// Hands new sequences to the scheduler, waiting for one where there is nothing else to do.
  ///
  /// @return whether to go on
  private boolean takeIn() {
    synchronized (lock) {
      while (!closing && inbox.isEmpty() && erased.isEmpty() && scheduler.isIdle()) {
        try {
          lock.wait();
        } catch (InterruptedException e) {
          return false;
        }
      }
      erased.forEach(scheduler::forget);
      erased.clear();
      inbox.forEach(scheduler::add);
      inbox.clear();
      unfinished = scheduler.size();
      return !closing;
    }
  }

  private void end(Unavailable reason) {
    synchronized (lock) {
      failure = reason;
      inbox.forEach(sequence -> sequence.fail(reason));
      inbox.clear();
    }
    scheduler.fail(reason);
    scheduler.close();
    model.close();
  }

  @Override
  public void close() {
    synchronized (lock) {
      closing = true;
      lock.notifyAll();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (prompts != null) {
      prompts.close();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
