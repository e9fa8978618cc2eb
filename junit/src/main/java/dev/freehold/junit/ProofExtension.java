package dev.freehold.junit;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.evaluation.Benchmark;
import dev.freehold.evaluation.BenchmarkFiles;
import dev.freehold.evaluation.Contestant;
import dev.freehold.evaluation.Entrant;
import dev.freehold.evaluation.EvidencePack;
import dev.freehold.evaluation.GraderNames;
import dev.freehold.evaluation.Journal;
import dev.freehold.evaluation.Labels;
import dev.freehold.evaluation.Price;
import dev.freehold.evaluation.Proof;
import dev.freehold.evaluation.ProofSettings;
import dev.freehold.evaluation.Report;
import dev.freehold.evaluation.SigningKey;
import dev.freehold.evaluation.Trial;
import dev.freehold.evaluation.Verdict;
import dev.freehold.evaluation.grader.Grading;
import dev.freehold.evaluation.grader.Instruments;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/// Runs the proof of a [Proves] method and makes a test of each verdict.
final class ProofExtension implements TestTemplateInvocationContextProvider {

  private static final ExtensionContext.Namespace OURS =
      ExtensionContext.Namespace.create(ProofExtension.class);

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return context.getTestMethod().filter(one -> one.isAnnotationPresent(Proves.class)).isPresent();
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    List<Field> candidates = fields(context, Candidate.class);
    if (fields(context, Incumbent.class).size() != 1 || candidates.isEmpty()) {
      throw new InvalidRequest(
          "%s needs one field marked @Incumbent and at least one marked @Candidate."
              .formatted(context.getRequiredTestClass().getSimpleName()),
          "incumbent");
    }
    return IntStream.range(0, candidates.size())
        .mapToObj(i -> new One(name(candidates.get(i)), i, context));
  }

  private static List<Field> fields(
      ExtensionContext context, Class<? extends java.lang.annotation.Annotation> mark) {
    List<Field> found = new ArrayList<>();
    Class<?> type = context.getRequiredTestClass();
    while (type != null && type != Object.class) {
      for (Field field : type.getDeclaredFields()) {
        if (field.isAnnotationPresent(mark)) {
          found.add(field);
        }
      }
      type = type.getSuperclass();
    }
    return found;
  }

  private static String name(Field field) {
    Incumbent incumbent = field.getAnnotation(Incumbent.class);
    Candidate candidate = field.getAnnotation(Candidate.class);
    String given =
        incumbent != null ? incumbent.value() : candidate == null ? "" : candidate.value();
    return given.isEmpty() ? field.getName() : given;
  }

  /// The test of one candidate. The proof is run by the first of them, for all.
  private record One(String candidate, int place, ExtensionContext template)
      implements TestTemplateInvocationContext, BeforeTestExecutionCallback, ParameterResolver {

    @Override
    public String getDisplayName(int index) {
      return candidate + " is as good";
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(this);
    }

    private Verdict verdict(ExtensionContext context) {
      Proof proof =
          template.getStore(OURS).computeIfAbsent("proof", _ -> prove(context), Proof.class);
      return proof.verdicts().get(place);
    }

    @Override
    public void beforeTestExecution(ExtensionContext context) {
      Verdict verdict = verdict(context);
      String said =
          String.join(
              " ", Stream.concat(Stream.of(verdict.sentence()), verdict.notes().stream()).toList());
      boolean skips = context.getRequiredTestMethod().getAnnotation(Proves.class).openSkips();
      switch (verdict.outcome()) {
        case AS_GOOD -> {}
        case WORSE -> Assertions.fail(said);
        case NOT_ENOUGH_EVIDENCE -> {
          Assumptions.assumeFalse(skips, said);
          Assertions.fail(said);
        }
      }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == Verdict.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return verdict(context);
    }
  }

  private static Proof prove(ExtensionContext context) {
    Proves proves = context.getRequiredTestMethod().getAnnotation(Proves.class);
    Benchmark benchmark =
        BenchmarkFiles.read(
                file(context, proves.benchmark()),
                new BenchmarkFiles.Reading(
                    proves.grader().isEmpty()
                        ? Optional.empty()
                        : Optional.of(GraderNames.parse(proves.grader())),
                    List.of()))
            .benchmark();
    List<Entrant> entrants = new ArrayList<>();
    for (Field field : fields(context, Incumbent.class)) {
      Incumbent mark = field.getAnnotation(Incumbent.class);
      entrants.add(entrant(context, field, new Price(mark.promptPrice(), mark.answerPrice(), 0)));
    }
    for (Field field : fields(context, Candidate.class)) {
      Candidate mark = field.getAnnotation(Candidate.class);
      entrants.add(entrant(context, field, new Price(mark.promptPrice(), mark.answerPrice(), 0)));
    }
    ProofSettings settings =
        ProofSettings.standard(proves.margin() / 100)
            .withMaxTokens(proves.maxTokens())
            .withControl(proves.control());
    Trial trial = new Trial(benchmark, settings, entrants, Optional.empty(), proves.parallel());
    Path folder =
        Path.of(proves.folder())
            .resolve(
                context.getRequiredTestClass().getSimpleName()
                    + "-"
                    + context.getRequiredTestMethod().getName());
    String terms = HexFormat.of().toHexDigits(trial.terms().hashCode());
    try (Journal journal =
        Journal.open(folder.resolve("journal-" + terms + ".jsonl"), trial.terms())) {
      Proof proof =
          trial.run(journal, new Grading(Instruments.none()), Labels.NONE, "junit", _ -> {});
      Files.writeString(folder.resolve("report.html"), Report.html(proof), StandardCharsets.UTF_8);
      Files.write(folder.resolve("report.pdf"), Report.pdf(proof));
      EvidencePack.write(
          proof,
          SigningKey.in(Path.of(proves.folder()).resolve("evidence.key")),
          folder.resolve("evidence.zip"));
      return proof;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Entrant entrant(ExtensionContext context, Field field, Price price) {
    try {
      field.setAccessible(true);
      Object value = field.get(context.getRequiredTestInstance());
      if (!(value instanceof ChatModel model)) {
        throw new InvalidRequest(
            "%s is no ChatModel, or none yet.".formatted(field.getName()), field.getName());
      }
      boolean leaves = model.card().architecture().equals("upstream");
      return new Entrant(Contestant.of(name(field), model, leaves, price), model);
    } catch (IllegalAccessException e) {
      throw new InvalidRequest(
          "%s cannot be read: %s.".formatted(field.getName(), e.getMessage()), field.getName());
    }
  }

  private static Path file(ExtensionContext context, String name) {
    Path file = Path.of(name);
    if (Files.isRegularFile(file)) {
      return file;
    }
    URL resource = context.getRequiredTestClass().getClassLoader().getResource(name);
    try {
      return resource == null ? file : Path.of(resource.toURI());
    } catch (URISyntaxException e) {
      throw new InvalidRequest("%s is no file.".formatted(name), "benchmark");
    }
  }
}
