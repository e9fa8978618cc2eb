package dev.freehold.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import dev.freehold.evaluation.grader.Grader;
import dev.freehold.evaluation.grader.Grading;
import dev.freehold.evaluation.grader.Instruments;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidencePackTest {

  @TempDir Path folder;
  private Proof proof;
  private SigningKey key;
  private Path pack;

  @BeforeEach
  void prove() {
    proof = proof(new Grader.ChrF());
    key = SigningKey.in(folder.resolve("keys/evidence.key"));
    pack = folder.resolve("evidence.zip");
    EvidencePack.write(proof, key, pack);
  }

  private Proof proof(Grader grader) {
    Benchmark benchmark =
        new Benchmark(
            "<b>mails</b> & more",
            1,
            grader,
            IntStream.range(0, 90)
                .mapToObj(i ->
                    Case.of(
                            "c" + i,
                            "<script>alert(" + i + ")</script> What is number " + i + "?",
                            "It is the number " + i + ".")
                        .withSlices(
                            Map.of(
                                "language",
                                i % 3 == 0 ? "de" : "en",
                                "length",
                                i % 2 == 0 ? "short" : "long"))
                        .withConversation("talk" + i / 2))
                .toList());
    Entrant rented = entrant("rented", 7);
    Entrant open = entrant("open", 5);
    Entrant other = entrant("open+docs", 11);
    Trial trial =
        new Trial(
            benchmark,
            ProofSettings.standard(0.1),
            List.of(rented, open, other),
            Optional.empty(),
            2);
    try (Journal journal = Journal.open(folder.resolve("j" + System.nanoTime()), trial.terms())) {
      return trial.run(
          journal,
          new Grading(new Instruments(Optional.empty(), folder)),
          Labels.NONE,
          "0.1.0",
          _ -> {});
    }
  }

  private static Entrant entrant(String name, int spoilt) {
    ScriptedModel model =
        new ScriptedModel(
            name,
            request -> {
              String digits = ScriptedModel.last(request).replaceAll(".*number (\\d+).*", "$1");
              int i = Integer.parseInt(digits);
              return i % spoilt == 0
                  ? "I do not know."
                  : "It is number " + i + (i % 4 == 0 ? ", I <i>think</i>." : ".");
            });
    Contestant one = Contestant.of(name, model, name.equals("rented"), new Price(3, 15, 0));
    return new Entrant(name.endsWith("+docs") ? one.adapted("open").reading("d0c5") : one, model);
  }

  @Test
  void aPackIsVerifiedFromItselfToTheLastDigit() {
    EvidencePack.Verified verified = EvidencePack.verify(pack, Optional.of(key.fingerprint()));
    assertThat(verified.regraded()).isTrue();
    assertThat(verified.verdicts()).isEqualTo(proof.verdicts());
    assertThat(SigningKey.in(folder.resolve("keys/evidence.key")).fingerprint())
        .isEqualTo(key.fingerprint());
    assertThatThrownBy(() -> EvidencePack.verify(pack, Optional.of("0".repeat(32))))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining("was signed by");
  }

  @Test
  void scoresOfAProgramAreBelievedButTheVerdictIsStillComputed() {
    Proof byProgram =
        proof(
            new Grader.Program(List.of("sh", "-c", "echo 0.5"), java.time.Duration.ofSeconds(60)));
    EvidencePack.write(byProgram, key, pack);
    assertThat(EvidencePack.verify(pack, Optional.empty()).regraded()).isFalse();
  }

  /// The pack with one entry changed, signed anew or not.
  private Path changed(String name, UnaryOperator<String> change, boolean signedAnew)
      throws Exception {
    Map<String, byte[]> entries = new java.util.LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(pack))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(entry.getName(), zip.readAllBytes());
      }
    }
    String before = new String(entries.get(name), StandardCharsets.UTF_8);
    String after = change.apply(before);
    assertThat(after).isNotEqualTo(before);
    entries.put(name, after.getBytes(StandardCharsets.UTF_8));
    if (signedAnew) {
      String manifest =
          new String(entries.get("manifest.json"), StandardCharsets.UTF_8)
              .replace(Digests.sha256(before), Digests.sha256(after));
      entries.put("manifest.json", manifest.getBytes(StandardCharsets.UTF_8));
      entries.put(
          "manifest.sig",
          java.util.Base64.getEncoder().encode(key.sign(entries.get("manifest.json"))));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (var entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return Files.write(folder.resolve("changed.zip"), bytes.toByteArray());
  }

  private void refused(Path file, String why) {
    assertThatThrownBy(() -> EvidencePack.verify(file, Optional.empty()))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining(why);
  }

  private static String olderForm(String manifest) {
    return manifest.replaceFirst("\"version\"(\\s*):(\\s*)3", "\"version\"$1:$2" + "2");
  }

  @Test
  void aPackOfAnotherFormIsNotCalledBrokenAndItsSignatureIsLookedAt() throws Exception {
    assertThatThrownBy(() ->
            EvidencePack.verify(
                changed("manifest.json", EvidencePackTest::olderForm, true), Optional.empty()))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("form 2 that Freehold ")
        .hasMessageContaining("signed by " + key.fingerprint())
        .hasMessageContaining("what it holds is what was signed")
        .hasMessageContaining("verify it with the Freehold that wrote it");
    refused(changed("manifest.json", EvidencePackTest::olderForm, false), "signature");
  }

  @Test
  void whateverIsChangedIsFoundAlsoWhenItIsSignedAnew() throws Exception {
    refused(
        changed("answers.jsonl", text -> text.replace("It is number 1.", "It is number 2."), false),
        "not what was signed");
    refused(
        changed("manifest.json", text -> text.replace("\"version\"", "\"Version\""), false), "");
    refused(changed("manifest.json", text -> text + " ", false), "signature");
    refused(
        changed("answers.jsonl", text -> text.replace("I do not know.", "It is number 0."), true),
        "scores that do not follow");
    refused(
        changed(
            "proof.json",
            text -> text.replaceFirst("\"outcome\" : \"\\w+\"", "\"outcome\" : \"worse_\""),
            true),
        "verdict that does not follow");
    refused(
        changed("proof.json", text -> text.replace("\"margin\" : 0.1", "\"margin\" : 0.3"), true),
        "verdict that does not follow");
    refused(
        changed(
            "benchmark.jsonl",
            text -> text.replaceFirst("It is the number 3\\.", "It is not."),
            true),
        "another benchmark");
  }

  @Test
  void spoiltPacksAreRefusedAsOurs() throws Exception {
    byte[] good = Files.readAllBytes(pack);
    SplittableRandom random = new SplittableRandom(8);
    for (int i = 0; i < Integer.getInteger("freehold.mutants", 150); i++) {
      byte[] bytes = good.clone();
      for (int k = 0; k <= random.nextInt(3); k++) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
      }
      Path mutant = Files.write(folder.resolve("mutant.zip"), bytes);
      try {
        EvidencePack.verify(mutant, Optional.empty());
      } catch (FreeholdException e) {
        assertThat(e).isNotNull();
      }
    }
  }

  @Test
  void theReportStandsAloneAndShowsNobodysMarkup() throws Exception {
    String html = Report.html(proof);
    Files.writeString(Path.of("target", "report.html"), html);
    assertThat(html)
        .contains(
            "&lt;script&gt;alert(",
            "&lt;b&gt;mails&lt;/b&gt; &amp; more",
            "margin −10",
            "open against rented".substring(0, 4))
        .doesNotContain("<script", "http://", "https://", "<b>", "<i>think")
        .contains(
            "Where open and rented differ", "by slice", "rented against itself", "Left the house");
  }

  @Test
  void thePdfSaysWhatThePageSaysAndLiesInThePack() throws Exception {
    byte[] pdf = Report.pdf(proof);
    Files.write(Path.of("target", "report.pdf"), pdf);
    String text;
    try (PDDocument document = Loader.loadPDF(pdf)) {
      text = new PDFTextStripper().getText(document).replaceAll("\\s+", " ");
    }
    assertThat(text)
        .contains(proof.verdicts().getFirst().sentence().replaceAll("\\s+", " "))
        .contains("<script>alert(", "margin −10", "Where open and rented differ", "by slice")
        .contains("rented against itself", "With both", "Holm's correction")
        .contains(proof.benchmark().digest().substring(7, 40));
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(pack))) {
      List<String> names = new java.util.ArrayList<>();
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        names.add(entry.getName());
      }
      assertThat(names).contains("report.html", "report.pdf");
    }
  }

  @Test
  void everyColumnThatWasRunStandsBesideTheOthers() {
    String html = Report.html(proof);
    assertThat(html)
        .contains("Alone, with documents, with an adapter, with both")
        .containsPattern("(?s)>open</th>\\s*<td>[0-9.]+ \\(.*?</td>\\s*<td>–</td>\\s*<td>–</td>")
        .contains("(incumbent)");
  }
}
