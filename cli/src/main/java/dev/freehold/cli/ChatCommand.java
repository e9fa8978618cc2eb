package dev.freehold.cli;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Unavailable;
import dev.freehold.store.ModelStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `freehold chat`: a conversation in the terminal, or one answer to what is piped in.
record ChatCommand(Shell shell) implements Subcommand {

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("chat");
    spec.usageMessage()
        .description(
            "Talks to a model. Ctrl-C stops an answer, Ctrl-D leaves.",
            "",
            "  freehold chat                          the default model",
            "  freehold chat smollm2+handbook-1       a model with an adapter on top",
            "  freehold chat ~/SmolLM2-135M-Instruct  a file or folder of yours, where it lies",
            "  freehold chat llama-3.2-3b --system \"You answer in French.\"",
            "  git diff | freehold chat --system \"Write a commit message.\" > message.txt");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("MODEL")
            .arity("0..1")
            .type(String.class)
            .description("Which, by name or path; by default the configured one.")
            .build());
    spec.addOption(
        OptionSpec.builder("--system")
            .paramLabel("TEXT")
            .type(String.class)
            .description("What the model is told about its task.")
            .build());
    ModelOptions.add(spec, "0.7");
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Settings settings) {
    String name = parsed.matchedPositionalValue(0, settings.model());
    ModelOptions options = ModelOptions.of(parsed, 0.7);
    List<Message> start = new ArrayList<>();
    String system = parsed.matchedOptionValue("--system", "");
    if (!system.isBlank()) {
      start.add(new Message.System(system));
    }
    AdaptedName asked = AskedModel.named(ModelStore.open(settings.home()), name, shell);
    try (ChatModel model = AskedModel.open(asked, new EngineOpener(settings.threads()))) {
      if (shell.interactive()) {
        new Conversation(shell, settings.home(), model, options, start).run();
      } else {
        answerPiped(model, options, start);
      }
    }
    return ExitCode.OK;
  }

  private void answerPiped(ChatModel model, ModelOptions options, List<Message> start) {
    String question = piped();
    if (question.isBlank()) {
      throw new InvalidRequest(
          "Nothing was piped in. Without a terminal, the question comes on standard input.", null);
    }
    List<Message> messages = new ArrayList<>(start);
    messages.add(new Message.User(question.strip()));
    Answering.Answer answer =
        new Answering()
            .write(
                model,
                request(messages, options),
                text -> {
                  shell.out().print(text);
                  shell.out().flush();
                });
    shell.out().println();
    if (!answer.ending().isEmpty()) {
      shell.err().println(answer.ending());
    }
  }

  private String piped() {
    try {
      return new String(shell.in().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new Unavailable("Standard input cannot be read: " + e.getMessage(), e);
    }
  }

  static ChatRequest request(List<Message> messages, ModelOptions options) {
    ChatRequest request =
        ChatRequest.of(new Prompt.Conversation(messages)).withSampling(options.sampling());
    OptionalInt most = options.maxTokens();
    return most.isPresent() ? request.withMaxTokens(most.getAsInt()) : request;
  }
}
