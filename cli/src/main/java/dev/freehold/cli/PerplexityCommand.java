package dev.freehold.cli;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import dev.freehold.engine.Perplexity;
import dev.freehold.store.ModelStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.json.JsonMapper;

/// `freehold perplexity`: how surprised a model is by a text, in the definition of llama.cpp's tool
/// of that name.
record PerplexityCommand(Shell shell) implements Subcommand {

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("perplexity");
    spec.usageMessage()
        .description(
            "Measures how surprised a model is by a text: lower is better.",
            "Defined as in llama.cpp's llama-perplexity, so that the two can be laid side by side.",
            "",
            "  freehold perplexity smollm2 --file wiki.test.raw",
            "  freehold perplexity smollm2+handbook-1 --file mine.txt",
            "  freehold perplexity smollm2 --file mine.txt --context 1024 --json");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("MODEL")
            .arity("0..1")
            .type(String.class)
            .description("Which, by name or path; by default the configured one.")
            .build());
    spec.addOption(
        OptionSpec.builder("--file")
            .paramLabel("TEXT")
            .type(String.class)
            .required(true)
            .description("A text file in UTF-8.")
            .build());
    spec.addOption(
        OptionSpec.builder("--context")
            .paramLabel("N")
            .type(String.class)
            .defaultValue("512")
            .description("Tokens of a window. By default ${DEFAULT-VALUE}.")
            .build());
    spec.addOption(OptionSpec.builder("--json").description("As JSON.").build());
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Settings settings) {
    int context = Numbers.of(parsed, "--context", 4, 1 << 20);
    String text = text(Path.of(parsed.matchedOptionValue("--file", "")));
    String name = parsed.matchedPositionalValue(0, settings.model());
    AdaptedName model = AskedModel.named(ModelStore.open(settings.home()), name, shell);
    Perplexity.Result result =
        Perplexity.measure(
            model.base().file(),
            AdapterFiles.read(model),
            EngineOpener.configuration(settings.threads()),
            text,
            context,
            this::progress);
    if (shell.interactive()) {
      shell.err().print("\r\033[K");
      shell.err().flush();
    }
    if (parsed.hasMatchedOption("--json")) {
      shell
          .out()
          .println(
              JsonMapper.shared()
                  .createObjectNode()
                  .put("model", model.name())
                  .put("digest", model.base().digest().toString())
                  .put("context", context)
                  .put("windows", result.windows())
                  .put("scoredTokens", result.scored())
                  .put("perplexity", result.perplexity())
                  .put("error", result.error())
                  .toPrettyString());
    } else {
      shell
          .out()
          .printf(
              Locale.ROOT,
              "Final estimate: PPL = %.4f +/- %.5f (%d windows of %d tokens)%n",
              result.perplexity(),
              result.error(),
              result.windows(),
              context);
    }
    return ExitCode.OK;
  }

  private void progress(Perplexity.Result result) {
    if (shell.interactive()) {
      shell
          .err()
          .printf(
              Locale.ROOT,
              "\r\033[K[%d/%d] %.4f",
              result.windows(),
              result.of(),
              result.perplexity());
      shell.err().flush();
    }
  }

  static String text(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new NotFound("There is no file %s.".formatted(file));
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new InvalidRequest("%s is no text in UTF-8.".formatted(file), "file");
    } catch (IOException e) {
      throw new Unavailable("%s cannot be read: %s.".formatted(file, e.getMessage()), e);
    }
  }
}
