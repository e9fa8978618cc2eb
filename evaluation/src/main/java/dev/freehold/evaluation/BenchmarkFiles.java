package dev.freehold.evaluation;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import dev.freehold.evaluation.grader.Grader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Benchmarks in files: our own JSON lines, rows of questions and answers, OpenAI Evals, promptfoo,
/// and lm-evaluation-harness. Bad rows are named by line, all of them at once.
public final class BenchmarkFiles {

  private static final int MOST_FAULTS = 20;

  private BenchmarkFiles() {}

  /// How to read a file that is not our own.
  ///
  /// @param grader how answers are scored; empty: as the file says, else [Grader.Normalised]
  /// @param slices names of fields that divide the cases
  public record Reading(Optional<Grader> grader, List<String> slices) {
    public Reading {
      slices = List.copyOf(slices);
    }

    /// As the file says.
    public static Reading plain() {
      return new Reading(Optional.empty(), List.of());
    }
  }

  /// @param benchmark what was read
  /// @param notes what a person should know: fields that were left aside
  public record Imported(Benchmark benchmark, List<String> notes) {
    public Imported {
      notes = List.copyOf(notes);
    }
  }

  /// Reads a benchmark; what kind of file it is, is seen from its content.
  ///
  /// @throws NotFound where there is no such file
  /// @throws MalformedFile naming each bad row by its line
  public static Imported read(Path file, Reading reading) {
    if (!Files.isRegularFile(file)) {
      throw new NotFound("There is no file %s.".formatted(file));
    }
    String text = text(file);
    String name = file.getFileName().toString().replaceFirst("\\.[A-Za-z]+$", "");
    String ending = file.toString().toLowerCase(java.util.Locale.ROOT);
    if (ending.endsWith(".yaml") || ending.endsWith(".yml")) {
      return YamlBenchmarks.read(file, name, text, reading);
    }
    if (ending.endsWith(".json")) {
      return YamlBenchmarks.read(file, name, text, reading); // JSON is YAML.
    }
    return lines(file, name, text, reading);
  }

  private static String text(Path file) {
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
              .toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new MalformedFile(file.toString(), -1, "is no text in UTF-8", e);
    } catch (IOException e) {
      throw new Unavailable("%s cannot be read: %s.".formatted(file, e.getMessage()), e);
    }
  }

  private static Imported lines(Path file, String name, String text, Reading reading) {
    String[] lines = text.split("\\R", -1);
    Faults faults = new Faults(file);
    List<Case> cases = new ArrayList<>();
    Set<String> aside = new TreeSet<>();
    Set<String> ids = new TreeSet<>();
    JsonNode head = null;
    for (int i = 0; i < lines.length; i++) {
      if (lines[i].isBlank()) {
        continue;
      }
      try {
        JsonNode row = object(lines[i]);
        if (row.has("benchmark") && head == null && cases.isEmpty()) {
          head = row;
          continue;
        }
        Case one =
            head == null
                ? Rows.read(row, "line-" + (i + 1), reading, aside)
                : BenchmarkJson.read(row);
        if (!ids.add(one.id())) {
          throw new InvalidRequest("the id %s is taken".formatted(one.id()), "id");
        }
        cases.add(one);
      } catch (FreeholdException e) {
        faults.add(i + 1, e.getMessage());
      }
    }
    faults.raise();
    if (cases.isEmpty()) {
      throw new MalformedFile(file.toString(), -1, "holds no case");
    }
    if (head != null) {
      return ours(file, head, cases, reading);
    }
    Grader grader = grader(reading, cases);
    List<String> notes = new ArrayList<>(notes(aside));
    long unanswerable = cases.stream().filter(one -> withoutGold(one, grader)).count();
    if (unanswerable > 0) {
      notes.add(
          "%d cases have no gold: there the right answer is to say that one does not know."
              .formatted(unanswerable));
      cases.replaceAll(
          one -> withoutGold(one, grader) ? one.withGrader(new Grader.Refusal()) : one);
    }
    return new Imported(new Benchmark(name, 1, grader, cases), notes);
  }

  private static boolean withoutGold(Case one, Grader grader) {
    return one.golds().isEmpty() && one.grader().isEmpty() && grader.needsGold();
  }

  private static Grader grader(Reading reading, List<Case> cases) {
    return reading
        .grader()
        .orElse(
            cases.stream().allMatch(one -> one.choices().isPresent())
                ? new Grader.Likelihood(false)
                : new Grader.Normalised());
  }

  private static List<String> notes(Set<String> aside) {
    return aside.isEmpty()
        ? List.of()
        : List.of("Fields left aside: %s.".formatted(String.join(", ", aside)));
  }

  private static Imported ours(Path file, JsonNode head, List<Case> cases, Reading reading) {
    Benchmark benchmark =
        new Benchmark(
            BenchmarkJson.text(head, "benchmark"),
            head.path("version").asInt(1),
            reading.grader().orElseGet(() -> GraderJson.read(head.path("grader"))),
            cases);
    String stated = head.path("digest").asString("");
    if (reading.grader().isEmpty() && !stated.isEmpty() && !stated.equals(benchmark.digest())) {
      throw new MalformedFile(
          file.toString(),
          -1,
          "says its digest is %s, but it is %s: it was changed after it was frozen"
              .formatted(stated, benchmark.digest()));
    }
    return new Imported(benchmark, List.of());
  }

  private static JsonNode object(String line) {
    try {
      JsonNode row = JsonMapper.shared().readTree(line);
      if (!row.isObject()) {
        throw new InvalidRequest("is no JSON object", null);
      }
      return row;
    } catch (JacksonException e) {
      throw new InvalidRequest("is no JSON: %s".formatted(e.getOriginalMessage()), null);
    }
  }

  /// Writes our own form.
  public static void write(Benchmark benchmark, Path file) {
    write(file, BenchmarkJson.lines(benchmark));
  }

  /// Writes OpenAI Evals' form: `input` and `ideal`. Slices, conversations and graders are not in
  /// it.
  public static void writeOpenAiEvals(Benchmark benchmark, Path file) {
    StringBuilder lines = new StringBuilder();
    for (Case one : benchmark.cases()) {
      var row = JsonMapper.shared().createObjectNode();
      BenchmarkJson.messages(row, "input", one.messages());
      if (one.golds().size() == 1) {
        row.put("ideal", one.golds().getFirst());
      } else {
        one.golds().forEach(row.putArray("ideal")::add);
      }
      lines.append(row).append('\n');
    }
    write(file, lines.toString());
  }

  /// Writes promptfoo's form, as JSON, which promptfoo reads as well as YAML.
  ///
  /// @throws dev.freehold.chat.Unsupported where a grader has no counterpart there
  public static void writePromptfoo(Benchmark benchmark, Path file) {
    write(file, Promptfoo.write(benchmark).toPrettyString() + "\n");
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new Unavailable("%s cannot be written: %s.".formatted(file, e.getMessage()), e);
    }
  }

  /// Bad rows, to be told together.
  static final class Faults {
    private final Path file;
    private final List<String> found = new ArrayList<>();

    Faults(Path file) {
      this.file = file;
    }

    void add(int line, String what) {
      found.add("line %d: %s".formatted(line, what));
    }

    void raise() {
      if (!found.isEmpty()) {
        String more =
            found.size() > MOST_FAULTS ? "; and %d more".formatted(found.size() - MOST_FAULTS) : "";
        throw new MalformedFile(
            file.toString(),
            -1,
            String.join("; ", found.subList(0, Math.min(MOST_FAULTS, found.size()))) + more);
      }
    }
  }
}
