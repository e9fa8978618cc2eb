package dev.freehold.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Message;
import dev.freehold.chat.Unsupported;
import dev.freehold.evaluation.grader.Grader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkTest {

  @TempDir Path folder;

  private Path file(String name, String text) throws Exception {
    return Files.writeString(folder.resolve(name), text);
  }

  private static Benchmark small() {
    return new Benchmark(
        "small",
        1,
        new Grader.NumberWithin(0.5, 0),
        List.of(
            Case.of("a", "How long must the vent screw stay open?", "90")
                .withSlices(Map.of("language", "en")),
            Case.of("b", "Wie lautet der Code für das Menü?", "4471", "4472")
                .withConversation("talk"),
            Rows.choice("c", new Choices("The sky is", " ", List.of("blue", "green"), 0))));
  }

  @Test
  void itIsTheSameAfterWritingAndReading() {
    Path file = folder.resolve("small.jsonl");
    BenchmarkFiles.write(small(), file);
    Benchmark read = BenchmarkFiles.read(file, BenchmarkFiles.Reading.plain()).benchmark();
    assertThat(read).isEqualTo(small());
    assertThat(read.digest()).isEqualTo(small().digest()).startsWith("sha256:");
  }

  @Test
  void everyGraderSurvivesWritingAndReading() {
    for (Grader grader :
        List.of(
            new Grader.Exact(),
            new Grader.Normalised(),
            new Grader.Contains(),
            new Grader.Matches("a+"),
            new Grader.NumberWithin(0.1, 0.2),
            new Grader.JsonFields(List.of("a.b"), 0.1),
            new Grader.SetF1(),
            new Grader.ChrF(),
            new Grader.RougeL(),
            new Grader.Similarity(0.7),
            new Grader.Refusal(),
            new Grader.Citations(),
            new Grader.Program(List.of("sh", "x"), Duration.ofSeconds(3)),
            new Grader.Judge("kinder"),
            new Grader.People(),
            new Grader.Likelihood(true))) {
      assertThat(GraderJson.read(GraderJson.write(grader))).isEqualTo(grader);
    }
    assertThatThrownBy(
            () -> GraderJson.read(GraderJson.write(new Grader.Exact()).put("tolerance", 1)))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("no setting tolerance");
    assertThatThrownBy(
            () -> GraderJson.read(GraderJson.write(new Grader.Exact()).put("type", "vibes")))
        .isInstanceOf(Unsupported.class);
  }

  @Test
  void aChangeMakesAnotherVersionAndAnotherDigest() throws Exception {
    Benchmark changed = small().withGolds("a", List.of("91"));
    assertThat(changed.version()).isEqualTo(2);
    assertThat(changed.digest()).isNotEqualTo(small().digest());
    Path file = folder.resolve("small.jsonl");
    BenchmarkFiles.write(small(), file);
    Files.writeString(file, Files.readString(file).replace("\"90\"", "\"91\""));
    assertThatThrownBy(() -> BenchmarkFiles.read(file, BenchmarkFiles.Reading.plain()))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining("changed after it was frozen");
  }

  @Test
  void badRowsAreNamedByLineAllAtOnce() throws Exception {
    Path file =
        file(
            "rows.jsonl",
            """
            {"id": "1", "question": "What?", "answer": "this"}
            {"id": "2", "answer": "no question"}

            not json
            {"id": "1", "question": "Again?", "answer": "that"}
            {"id": "5", "question": "Where?", "answer": 7}
            """);
    assertThatThrownBy(() -> BenchmarkFiles.read(file, BenchmarkFiles.Reading.plain()))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining("line 2: has no question")
        .hasMessageContaining("line 4: is no JSON")
        .hasMessageContaining("line 5: the id 1 is taken")
        .hasMessageContaining("line 6: answer takes");
  }

  @Test
  void theSampleCompanysFactsAreABenchmark() {
    Path facts = Path.of("../samples/company/facts.jsonl");
    BenchmarkFiles.Imported imported =
        BenchmarkFiles.read(
            facts,
            new BenchmarkFiles.Reading(
                Optional.of(new Grader.Contains()), List.of("kind", "language")));
    assertThat(imported.benchmark().cases()).hasSize(219);
    assertThat(imported.benchmark().find("F001").golds())
        .containsExactly("At least 90 seconds", "90 seconds", "90 s");
    assertThat(imported.benchmark().find("F001").slices()).containsEntry("kind", "direct");
    assertThat(imported.notes())
        .containsExactly(
            "Fields left aside: also, document, elsewhere, heading, page, quote, readers.",
            "16 cases have no gold: there the right answer is to say that one does not know.");
    assertThat(imported.benchmark().cases().stream().filter(one -> one.golds().isEmpty()))
        .hasSize(16)
        .allMatch(one -> imported.benchmark().graderOf(one).equals(new Grader.Refusal()));
  }

  @Test
  void openAiEvalsGoInAndOut() throws Exception {
    Path file =
        file(
            "evals.jsonl",
            """
            {"input": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "2+2?"}], "ideal": "4"}
            {"input": "Capital of France?", "ideal": ["Paris", "paris"]}
            """);
    Benchmark read = BenchmarkFiles.read(file, BenchmarkFiles.Reading.plain()).benchmark();
    assertThat(read.cases().getFirst().messages())
        .containsExactly(new Message.System("Be brief."), new Message.User("2+2?"));
    assertThat(read.cases().get(1).golds()).containsExactly("Paris", "paris");
    Path out = folder.resolve("out.jsonl");
    BenchmarkFiles.writeOpenAiEvals(read, out);
    assertThat(BenchmarkFiles.read(out, BenchmarkFiles.Reading.plain()).benchmark().cases())
        .isEqualTo(read.cases());
  }

  @Test
  void promptfooGoesInAndOutAndItsBadTestsAreNamedByLine() throws Exception {
    Path file =
        file(
            "promptfooconfig.yaml",
            """
            description: pumps
            prompts:
              - "Answer briefly: {{question}}"
            providers: [openai:gpt-4]
            tests:
              - vars: {question: How long?}
                assert:
                  - {type: icontains, value: 90 Seconds}
              - vars: {question: Which code?}
                assert:
                  - type: equals
                    value: "4471"
            """);
    BenchmarkFiles.Imported read = BenchmarkFiles.read(file, BenchmarkFiles.Reading.plain());
    assertThat(read.benchmark().name()).isEqualTo("pumps");
    assertThat(read.benchmark().cases().getFirst().asked()).isEqualTo("Answer briefly: How long?");
    assertThat(read.benchmark().cases().get(1).grader()).contains(new Grader.Exact());
    assertThat(read.notes().getFirst()).contains("providers");
    Path out = folder.resolve("out.json");
    BenchmarkFiles.writePromptfoo(read.benchmark(), out);
    assertThat(
            BenchmarkFiles.read(out, BenchmarkFiles.Reading.plain())
                .benchmark()
                .cases()
                .get(1)
                .golds())
        .containsExactly("4471");

    Path bad = file("bad.yaml", Files.readString(file).replace("equals", "javascript"));
    assertThatThrownBy(() -> BenchmarkFiles.read(bad, BenchmarkFiles.Reading.plain()))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining("line 9")
        .hasMessageContaining("javascript");
  }

  @Test
  void multipleChoiceTasksAreReadAsTheHarnessWritesThem() throws Exception {
    file(
        "sky.jsonl",
        """
        {"question": "The sky is", "options": ["green", "blue"], "answer": 1}
        {"question": "Grass is", "options": ["green", "blue"], "answer": "green"}
        """);
    Path task =
        file(
            "sky.yaml",
            """
            task: sky
            dataset_path: json
            dataset_kwargs:
              data_files: {test: sky.jsonl}
            test_split: test
            output_type: multiple_choice
            doc_to_text: "Question: {{question}}"
            doc_to_choice: "{{options}}"
            doc_to_target: answer
            """);
    Benchmark read = BenchmarkFiles.read(task, BenchmarkFiles.Reading.plain()).benchmark();
    assertThat(read.cases().getFirst().choices())
        .contains(new Choices("Question: The sky is", " ", List.of("green", "blue"), 1));
    assertThat(read.cases().get(1).choices().orElseThrow().right()).isZero();

    Path samples =
        file(
            "samples.jsonl",
            """
            {"doc_id": 0, "target": "1", "arguments": {"gen_args_0": {"arg_0": "The sky is", "arg_1": " green"}, "gen_args_1": {"arg_0": "The sky is", "arg_1": " blue"}}}
            {"doc_id": 1, "target": 0, "arguments": [["Grass is", " green"], ["Grass is", " blue"]]}
            """);
    Benchmark logged = BenchmarkFiles.read(samples, BenchmarkFiles.Reading.plain()).benchmark();
    assertThat(logged.grader()).isEqualTo(new Grader.Likelihood(false));
    assertThat(logged.cases().getFirst().choices())
        .contains(new Choices("The sky is", " ", List.of("green", "blue"), 1));

    Path python =
        file("python.yaml", Files.readString(task) + "process_docs: !function utils.go\n");
    assertThatThrownBy(() -> BenchmarkFiles.read(python, BenchmarkFiles.Reading.plain()))
        .isInstanceOf(FreeholdException.class);
  }

  @Test
  void spoiltFilesAreRefusedAsOurs() throws Exception {
    BenchmarkFiles.write(small(), folder.resolve("seed.jsonl"));
    byte[] good = Files.readAllBytes(folder.resolve("seed.jsonl"));
    byte[] yaml =
        "prompts: ['{{q}}']\ntests:\n- vars: {q: a}\n  assert: [{type: equals, value: b}]\n"
            .getBytes(StandardCharsets.UTF_8);
    SplittableRandom random = new SplittableRandom(1);
    int refused = 0;
    for (int i = 0; i < Integer.getInteger("freehold.mutants", 1_000); i++) {
      byte[] bytes = (i % 2 == 0 ? good : yaml).clone();
      for (int k = 0; k <= random.nextInt(4); k++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      Path mutant = folder.resolve(i % 2 == 0 ? "m.jsonl" : "m.yaml");
      Files.write(mutant, bytes);
      try {
        BenchmarkFiles.read(mutant, BenchmarkFiles.Reading.plain());
      } catch (FreeholdException e) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  void aSealedCaseIsFoundWhereverItIsPlanted() {
    Seals seals = Seals.open(folder.resolve("sealed"));
    seals.seal(small());
    String planted = "Some notes.\n\nQ: how LONG must the vent-screw stay open??\nA: 90";
    assertThat(seals.caseIn(planted)).contains("small/a");
    assertThat(seals.caseIn("wie lautet der code für das menü")).contains("small/b");
    assertThat(seals.caseIn("How long must the vent screw stay closed?")).isEmpty();
    // Three words follow each other by chance; only the whole text is the case.
    assertThat(seals.caseIn("I said that the sky is grey.")).isEmpty();
    assertThat(seals.caseIn("The sky is")).contains("small/c");
    assertThat(Seals.open(folder.resolve("sealed")).caseIn(planted)).contains("small/a");
    assertThat(seals.caseIn("")).isEmpty();
  }

  @Test
  void sealsDoNotHoldTheQuestions() throws Exception {
    Seals.open(folder.resolve("sealed")).seal(small());
    try (var files = Files.list(folder.resolve("sealed"))) {
      for (Path file : files.toList()) {
        assertThat(Files.readString(file))
            .doesNotContainIgnoringCase("vent")
            .doesNotContainIgnoringCase("menü");
      }
    }
  }

  private static Exchange exchange(int i, String text, String team) {
    return new Exchange(
        "e" + i,
        "talk" + i / 3,
        List.of(new Message.User(text)),
        "answer " + i,
        "m",
        Instant.parse("2026-11-01T00:00:00Z").plus(Duration.ofHours(i)),
        Map.of("team", team));
  }

  @Test
  void aDrawDividesByTimeAndStrataAndDropsRepetitions() {
    List<Exchange> exchanges = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 400; i++) {
      StringBuilder text = new StringBuilder();
      for (int k = 0; k < 20; k++) {
        text.append("word").append(random.nextInt(5_000)).append(' ');
      }
      exchanges.add(exchange(i, text.toString(), i % 10 == 0 ? "sales" : "support"));
    }
    String last = exchanges.getLast().messages().getFirst().text();
    exchanges.add(exchange(401, last, "support"));
    exchanges.add(exchange(402, last + " please", "support"));
    BenchmarkDraw draw =
        new BenchmarkDraw(
            "mails", 60, List.of("team"), Instant.parse("2026-11-05T00:00:00Z"), 0.8, 9);
    BenchmarkDraw.Drawn drawn = draw.draw(exchanges, new Grader.Judge("better"));
    assertThat(drawn.older()).isEqualTo(96);
    assertThat(drawn.same()).isEqualTo(1);
    assertThat(drawn.near()).isEqualTo(1);
    List<Case> cases = drawn.benchmark().cases();
    assertThat(cases).hasSize(60).allMatch(one -> one.origin() == Case.Origin.MODEL);
    assertThat(cases.stream().filter(one -> one.slices().get("team").equals("sales")).count())
        .isEqualTo(6);
    long firstHalf =
        cases.stream()
            .filter(one -> one.at().orElseThrow().isBefore(Instant.parse("2026-11-11T12:00:00Z")))
            .count();
    assertThat(firstHalf).isBetween(28L, 34L);
    assertThat(draw.draw(exchanges, new Grader.Judge("better"))).isEqualTo(drawn);
  }

  @Test
  void nearRepetitionsAreFoundAsJaccardSaysAndOthersKept() {
    NearDuplicates near = new NearDuplicates(0.6);
    assertThat(
            near.add("How long do I have to wait after opening the vent screw on a LAUTER head?"))
        .isEmpty();
    assertThat(
            near.add(
                "how long do i have to wait after opening the vent screw on a lauter head please"))
        .contains(0);
    assertThat(near.add("What is the code for the service menu of FECHT 3?")).isEmpty();
    assertThat(near.add("ok")).isEmpty();
    assertThat(near.add("ok")).contains(2);
  }

  @Test
  void whatAnotherProcessSealsOrUnsealsIsSeenAtTheNextQuestion() {
    Path place = folder.resolve("sealed");
    Seals running = Seals.open(place);
    String planted = "Note: " + small().cases().getFirst().asked() + " That is all.";
    assertThat(running.caseIn(planted)).isEmpty();
    Seals.open(place).seal(small());
    assertThat(running.caseIn(planted)).isPresent();
    Seals.open(place).unseal(small().digest());
    assertThat(running.caseIn(planted)).isEmpty();
  }

  @Test
  void aGoldSaysWhoGaveItAlsoAfterItWasKept() {
    Case given =
        Case.of("a", "What is due?").withGolds(List.of("Rent"), Case.Origin.PERSON, "Olga");
    assertThat(Lines.readCase(Lines.of(given))).isEqualTo(given);
    assertThat(Lines.of(given)).contains("\"by\":\"Olga\"");
    assertThat(Lines.of(Case.of("a", "What is due?", "Rent"))).doesNotContain("\"by\"");
  }
}
