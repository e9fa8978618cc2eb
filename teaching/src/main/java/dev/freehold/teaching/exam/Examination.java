package dev.freehold.teaching.exam;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Continuation;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Sampling;
import dev.freehold.chat.Unavailable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/// An exam being sat: every column is asked through the very models that serve, with their own
/// templates, quantised weights and rights.
///
/// Each question is asked for the likelihood of its options after the conversation's template, and
/// some are asked for an answer in free words. What was answered before a kill is not asked again.
public final class Examination {

  private final List<ExamItem> items;
  private final Map<Column, ChatModel> columns;
  private final ExamSettings settings;
  private final BiConsumer<Integer, Integer> progress;

  /// @param items the questions
  /// @param columns who sits it; base and adapter at least
  /// @param progress is told how many of how many askings are done
  public Examination(
      List<ExamItem> items,
      Map<Column, ChatModel> columns,
      ExamSettings settings,
      BiConsumer<Integer, Integer> progress) {
    this.items = List.copyOf(items);
    this.columns = Map.copyOf(columns);
    this.settings = settings;
    this.progress = progress;
  }

  private record Asking(Column column, ExamItem item, boolean free) {}

  /// Asks all that the journal does not hold yet, and sums up.
  ///
  /// @param journal the file of this exam alone
  /// @throws Unavailable where a model does not answer, or the thread is interrupted
  public Examined sit(Path journal) {
    try (ReplyJournal replies = ReplyJournal.open(journal)) {
      List<Asking> askings = askings();
      ask(askings, replies);
      return new Summary(items, columns, settings, replies).examined();
    }
  }

  private List<Asking> askings() {
    List<Asking> askings = new ArrayList<>();
    for (Column column : Column.values()) {
      if (!columns.containsKey(column)) {
        continue;
      }
      boolean documents = column == Column.BASE_DOCUMENTS || column == Column.ADAPTER_DOCUMENTS;
      int spoken = 0;
      int withDocuments = 0;
      for (ExamItem item : items) {
        boolean asked =
            !documents
                || (item.group() == ExamItem.Group.TAUGHT
                    && withDocuments++ < settings.withDocuments());
        if (asked) {
          askings.add(new Asking(column, item, false));
          if (item.group() == ExamItem.Group.TAUGHT && spoken++ < settings.spoken()) {
            askings.add(new Asking(column, item, true));
          }
        }
      }
    }
    return askings;
  }

  private void ask(List<Asking> askings, ReplyJournal replies) {
    AtomicInteger done = new AtomicInteger();
    Semaphore places = new Semaphore(settings.parallel());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> futures = new ArrayList<>();
      try {
        for (Asking asking : askings) {
          if (replies.of(asking.column(), asking.item().id(), asking.free()).isPresent()) {
            progress.accept(done.incrementAndGet(), askings.size());
            continue;
          }
          places.acquire();
          futures.add(
              threads.submit(() -> {
                try {
                  replies.keep(reply(asking));
                  progress.accept(done.incrementAndGet(), askings.size());
                } finally {
                  places.release();
                }
              }));
          for (Future<?> future : futures) {
            if (future.isDone()) {
              future.get();
            }
          }
        }
        for (Future<?> future : futures) {
          future.get();
        }
      } catch (InterruptedException e) {
        threads.shutdownNow();
        Thread.currentThread().interrupt();
        throw new Unavailable("The exam was interrupted; it goes on where it was.", e);
      } catch (ExecutionException e) {
        threads.shutdownNow();
        throw e.getCause() instanceof FreeholdException known
            ? known
            : new Unavailable("A question could not be asked: " + e.getCause(), e);
      }
    }
  }

  private ChatModel model(Column column) {
    ChatModel model = columns.get(column);
    if (model == null) {
      throw new IllegalStateException(column + " does not sit this exam.");
    }
    return model;
  }

  private Reply reply(Asking asking) {
    ChatModel model = model(asking.column());
    ExamItem item = asking.item();
    Prompt.Conversation prompt =
        new Prompt.Conversation(List.of(new Message.User(item.question())));
    if (asking.free()) {
      String said =
          model
              .answer(
                  ChatRequest.of(prompt)
                      .withSampling(Sampling.GREEDY)
                      .withMaxTokens(settings.maxTokens()))
              .text();
      return new Reply(asking.column(), item.id(), List.of(), List.of(), said);
    }
    List<Continuation> scored = model.continuations(prompt, item.options());
    return new Reply(
        asking.column(),
        item.id(),
        scored.stream().map(Continuation::logProbability).toList(),
        scored.stream().map(Continuation::tokens).toList(),
        "");
  }
}
