package dev.freehold.teaching.lesson;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.ToolUse;
import java.util.List;
import java.util.stream.Collectors;

/// One row of a data set: what a model is to learn, and where it comes from.
public sealed interface Lesson {

  /// What it is for.
  Kind kind();

  /// Where it comes from; never empty.
  List<Origin> origins();

  /// All its words, for whoever looks for something in them.
  String text();

  /// The same lesson from elsewhere.
  Lesson from(List<Origin> value);

  /// A conversation, rendered with the model's own chat template.
  ///
  /// @param turns in order; at least one is learned
  /// @param toolUse the tools that are offered in it
  record Talk(Kind kind, List<Turn> turns, ToolUse toolUse, List<Origin> origins)
      implements Lesson {
    public Talk {
      turns = List.copyOf(turns);
      origins = List.copyOf(origins);
      if (turns.stream().noneMatch(Turn::trained)) {
        throw new InvalidRequest(
            "Nothing of this conversation is learned: it has no assistant's turn, or all have"
                + " weight 0.",
            "messages");
      }
    }

    /// A question and the answer to learn.
    public static Talk of(Kind kind, String question, String answer, List<Origin> origins) {
      return new Talk(
          kind,
          List.of(Turn.of(new Message.User(question)), Turn.of(new Message.Assistant(answer))),
          ToolUse.NONE,
          origins);
    }

    @Override
    public String text() {
      return turns.stream().map(turn -> turn.message().text()).collect(Collectors.joining("\n"));
    }

    @Override
    public Talk from(List<Origin> value) {
      return new Talk(kind, turns, toolUse, value);
    }
  }

  /// Plain text without a template: the completion is learned as what follows the prompt.
  ///
  /// @param prompt may be empty
  /// @param completion what is learned
  record Completion(Kind kind, String prompt, String completion, List<Origin> origins)
      implements Lesson {
    public Completion {
      origins = List.copyOf(origins);
      if (completion.isBlank()) {
        throw new InvalidRequest("A completion needs words.", "completion");
      }
    }

    @Override
    public String text() {
      return prompt + completion;
    }

    @Override
    public Completion from(List<Origin> value) {
      return new Completion(kind, prompt, completion, value);
    }
  }
}
