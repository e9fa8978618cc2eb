package dev.freehold.workload;

import dev.freehold.chat.ChatModels;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Unavailable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The looks at candidates' quality: what was sampled of their answers is graded against the
/// incumbent's, and traffic is led back where they fall short.
///
/// Safe for use by many threads at once.
///
/// @param table the workloads
/// @param models the models behind their routes
/// @param grader compares two answers
/// @param routings what a request needs on its way
record Looking(WorkloadTable table, ChatModels models, QualityGrader grader, Routings routings) {

  /// What a request of a workload needs on its way.
  @FunctionalInterface
  interface Routings {
    Routing of(WorkloadTable.Entry entry, dev.freehold.chat.Asking asking);
  }

  /// One look at one workload, if it is time; returns how many answers were graded.
  int look(String name, Watching window, Instant now) {
    Optional<WorkloadTable.Entry> entry = table.find(name);
    if (entry.isEmpty() || !entry.get().workload().quality().watched()) {
      return 0;
    }
    Workload workload = entry.get().workload();
    long generation = entry.get().generation();
    int graded = 0;
    for (Sample one : window.due(now, workload.quality(), generation)) {
      try {
        window.scored(score(entry.get(), one), generation);
        graded++;
      } catch (FreeholdException e) {
        window.unscored(e.getMessage(), generation);
      }
    }
    Stage stage = workload.route().stage();
    if (stage == Stage.CANARY || stage == Stage.FULL) {
      window
          .alarm(workload.quality())
          .ifPresent(why -> table.rollBack(name, generation, why + "."));
    }
    return graded;
  }

  private double score(WorkloadTable.Entry entry, Sample one) {
    String incumbent = one.incumbent().isEmpty() ? incumbent(entry, one) : one.incumbent();
    return grader.score(
        entry.workload().quality(),
        new QualityGrader.Pair(messages(one.request()), incumbent, one.candidate(), one.model()),
        one.asking(),
        models);
  }

  /// What the incumbent says to the same; in the record as a shadow of the candidate's exchange.
  private String incumbent(WorkloadTable.Entry entry, Sample one) {
    Route.Target target = new Route.Target(entry.workload().route().incumbent(), Part.SHADOW);
    return new RoutedModel(routings.of(entry, one.asking()))
        .ask(one.request(), target, one.id())
        .words()
        .orElseThrow(() -> new Unavailable("The incumbent gave no answer to compare with."));
  }

  private static List<Message> messages(ChatRequest request) {
    return switch (request.prompt()) {
      case Prompt.Text(String text) -> List.of(new Message.User(text));
      case Prompt.Conversation conversation -> conversation.messages();
    };
  }
}
