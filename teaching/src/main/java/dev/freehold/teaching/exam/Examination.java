package dev.freehold.teaching.exam;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ContextLengthExceeded;
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
import java.util.Optional;
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
/// some are asked for an answer in free words. Answers that were held out are asked of base and
/// adapter in the same two ways. What was answered before a kill is not asked again.
public final class Examination {

  /// An answer's characters a token are seldom fewer; a free answer may be as long as the one that
  /// was held out, and no longer than this.
  private static final int CHARACTERS = 3;

  private static final int MOST_TOKENS = 256;

  private final Paper paper;
  private final Map<Column, ChatModel> columns;
  private final ExamSettings settings;
  private final BiConsumer<Integer, Integer> progress;

  /// @param paper what is asked
  /// @param columns who sits it; base and adapter at least
  /// @param progress is told how many of how many askings are done
  public Examination(
      Paper paper,
      Map<Column, ChatModel> columns,
      ExamSettings settings,
      BiConsumer<Integer, Integer> progress) {
    this.paper = paper;
    this.columns = Map.copyOf(columns);
    this.settings = settings;
    this.progress = progress;
  }

  /// @param texts whose likelihood is asked for; empty: an answer in free words is
  /// @param most tokens of that
  /// @param heldOut whether it is an answer that was held out, which may be too long for the model
  private record Asking(
      Column column, String id, Prompt prompt, List<String> texts, int most, boolean heldOut) {
    boolean free() {
      return texts.isEmpty();
    }
  }

  /// Asks all that the journal does not hold yet, and sums up.
  ///
  /// @param journal the file of this exam alone
  /// @throws Unavailable where a model does not answer, or the thread is interrupted
  public Examined sit(Path journal) {
    try (ReplyJournal replies = ReplyJournal.open(journal)) {
      List<Asking> askings = askings();
      ask(askings, replies);
      return new Summary(paper, columns, replies).examined();
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
      for (ExamItem item : paper.items()) {
        boolean asked =
            !documents
                || (item.group() == ExamItem.Group.TAUGHT
                    && withDocuments++ < settings.withDocuments());
        if (asked) {
          Prompt prompt = new Prompt.Conversation(List.of(new Message.User(item.question())));
          askings.add(new Asking(column, item.id(), prompt, item.options(), 0, false));
          if (item.group() == ExamItem.Group.TAUGHT && spoken++ < settings.spoken()) {
            askings.add(
                new Asking(column, item.id(), prompt, List.of(), settings.maxTokens(), false));
          }
        }
      }
      if (!documents) {
        heldOut(column, askings);
      }
    }
    return askings;
  }

  private void heldOut(Column column, List<Asking> askings) {
    int spoken = 0;
    for (HeldAnswer held : paper.answers()) {
      List<String> texts = new ArrayList<>(List.of(held.answer()));
      held.other().ifPresent(texts::add);
      askings.add(new Asking(column, held.id(), held.prompt(), texts, 0, true));
      if (held.other().isEmpty() && spoken++ < settings.spoken()) {
        int most = Math.min(MOST_TOKENS, held.answer().length() / CHARACTERS + 1);
        askings.add(new Asking(column, held.id(), held.prompt(), List.of(), most, true));
      }
    }
  }

  private void ask(List<Asking> askings, ReplyJournal replies) {
    AtomicInteger done = new AtomicInteger();
    Semaphore places = new Semaphore(settings.parallel());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> futures = new ArrayList<>();
      try {
        for (Asking asking : askings) {
          if (replies.of(asking.column(), asking.id(), asking.free()).isPresent()) {
            progress.accept(done.incrementAndGet(), askings.size());
            continue;
          }
          places.acquire();
          futures.add(
              threads.submit(() -> {
                try {
                  reply(asking).ifPresent(replies::keep);
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

  private Optional<Reply> reply(Asking asking) {
    ChatModel model = model(asking.column());
    try {
      return Optional.of(asking.free() ? spoken(model, asking) : scored(model, asking));
    } catch (ContextLengthExceeded e) {
      if (asking.heldOut()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Reply spoken(ChatModel model, Asking asking) {
    String said =
        model
            .answer(
                ChatRequest.of(asking.prompt())
                    .withSampling(Sampling.GREEDY)
                    .withMaxTokens(asking.most()))
            .text();
    return new Reply(asking.column(), asking.id(), List.of(), List.of(), said);
  }

  private static Reply scored(ChatModel model, Asking asking) {
    List<Continuation> scored = model.continuations(asking.prompt(), asking.texts());
    return new Reply(
        asking.column(),
        asking.id(),
        scored.stream().map(Continuation::logProbability).toList(),
        scored.stream().map(Continuation::tokens).toList(),
        "");
  }
}
