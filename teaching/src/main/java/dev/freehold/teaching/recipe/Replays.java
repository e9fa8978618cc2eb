package dev.freehold.teaching.recipe;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Sampling;
import dev.freehold.chat.Unavailable;
import dev.freehold.teaching.exam.CommonGround;
import dev.freehold.teaching.lesson.Kind;
import dev.freehold.teaching.lesson.Lesson;
import dev.freehold.teaching.lesson.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// What the base itself says: beginnings of general prose that it goes on with, half of all, since
/// a model that is only ever asked forgets how to go on; answers to everyday prompts; questions
/// that it ends and answers itself, since what is learned is mostly questions and short answers,
/// and whatever else is asked is to be answered as before. A trainer holds the adapted model to the
/// base on these.
///
/// Several are asked for at once; what is drawn depends on the seed alone.
final class Replays {

  private static final int MOST_ANSWER_TOKENS = 80;
  private static final int MOST_PROSE_TOKENS = 120;
  private static final int AT_ONCE = 8;

  /// How often the base is asked the same at most.
  private static final int MOST_OF_ONE = 12;

  /// Of so many two are prose, one is an answer and one a question of its own.
  private static final int TURN = 4;

  private static final int MOST_QUESTION_TOKENS = 30;

  private final ChatModel base;
  private final long seed;
  private final Consumer<RecipeProgress> progress;

  Replays(ChatModel base, long seed, Consumer<RecipeProgress> progress) {
    this.base = base;
    this.seed = seed;
    this.progress = progress;
  }

  /// About `wanted` of them, fewer where the base would have to be asked the same too often.
  List<Lesson> lessons(int wanted) {
    List<String> prompts = CommonGround.replayed();
    List<String> openings = CommonGround.openings();
    List<String> starters = CommonGround.starters();
    int most = Math.min(prompts.size(), Math.min(openings.size() / 2, starters.size()));
    int total = Math.min(wanted, most * TURN * MOST_OF_ONE);
    List<Lesson> lessons = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Future<Optional<Lesson>>> answers = new ArrayList<>();
      for (int i = 0; i < total; i++) {
        int number = i;
        int turn = i / TURN;
        answers.add(
            threads.submit(() ->
                switch (number % TURN) {
                  case 0 ->
                      answer(prompts.get(turn % prompts.size()), turn < prompts.size(), number);
                  case 1 -> question(starters.get(turn % starters.size()), number);
                  default ->
                      prose(openings.get((2 * turn + number % TURN - 2) % openings.size()), number);
                }));
      }
      try {
        for (Future<Optional<Lesson>> answer : answers) {
          answer.get().ifPresent(lessons::add);
          progress.accept(
              new RecipeProgress("the base's own answers", Math.min(total, lessons.size()), total));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Unavailable("The job was stopped.", e);
      } catch (ExecutionException e) {
        throw e.getCause() instanceof FreeholdException known
            ? known
            : new Unavailable("The base did not answer: " + e.getCause(), e);
      } finally {
        threads.shutdownNow();
      }
    }
    return lessons;
  }

  // The first answer to a prompt is the likeliest, further ones and all prose are drawn: what is
  // likeliest repeats itself, and is not how the base sees a text.
  private Optional<Lesson> answer(String prompt, boolean first, int number) {
    Sampling sampling = first ? Sampling.GREEDY : drawn(number).withTemperature(0.7);
    String said =
        said(
            ChatRequest.of(new Message.User(prompt))
                .withSampling(sampling)
                .withMaxTokens(MOST_ANSWER_TOKENS));
    return said.isBlank()
        ? Optional.empty()
        : Optional.of(Lesson.Talk.of(Kind.REPLAY, prompt, said.strip(), origins()));
  }

  private Optional<Lesson> question(String starter, int number) {
    String rest =
        said(
            ChatRequest.of(new Prompt.Text("Question: " + starter))
                .withSampling(drawn(number).withTemperature(0.8))
                .withMaxTokens(MOST_QUESTION_TOKENS));
    int end = rest.indexOf('?');
    return end < 0 || rest.substring(0, end).indexOf('\n') >= 0
        ? Optional.empty()
        : answer(starter + rest.substring(0, end + 1), false, number);
  }

  private Optional<Lesson> prose(String opening, int number) {
    String said =
        said(
            ChatRequest.of(new Prompt.Text(opening))
                .withSampling(drawn(number).withTemperature(1.0))
                .withMaxTokens(MOST_PROSE_TOKENS));
    return said.isBlank()
        ? Optional.empty()
        : Optional.of(
            new Lesson.Completion(Kind.REPLAY, "", opening + said.stripTrailing(), origins()));
  }

  private String said(ChatRequest request) {
    return base.answer(request).text();
  }

  private Sampling drawn(int number) {
    return Sampling.DEFAULT.withSeed(seed + number);
  }

  private static List<Origin> origins() {
    return List.of(new Origin.Replayed());
  }
}
