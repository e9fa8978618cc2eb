package dev.freehold.teaching;

import dev.freehold.teaching.exam.ExamFile;
import dev.freehold.teaching.exam.ExamItem;
import dev.freehold.teaching.exam.Examined;
import dev.freehold.teaching.exam.ExaminedJson;
import dev.freehold.teaching.exam.HeldAnswer;
import dev.freehold.teaching.exam.Paper;
import dev.freehold.teaching.lesson.Lesson;
import dev.freehold.teaching.lesson.LessonFile;
import dev.freehold.teaching.lesson.Origin;
import dev.freehold.teaching.lesson.PreferenceFile;
import dev.freehold.teaching.lesson.PreferencePair;
import dev.freehold.teaching.recipe.Tally;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The files of one job.
///
/// ```
/// lessons.jsonl   what is learned; a person may edit it; for preferences pairs.jsonl in its place
/// origins.txt     what all of it was made from
/// heldout.jsonl   what the loss is measured on; for preferences heldout-pairs.jsonl
/// answers.jsonl   rows whose answers the exam asks; for preferences answer-pairs.jsonl
/// exam.jsonl      what is asked afterwards
/// tally.json      what became of what was found; written last: with it the data set is whole
/// training/       the trainer's own
/// replies.jsonl   the exam as it goes
/// examined.json   what it found
/// ```
record DataSetFolder(Path path) {

  Path lessons() {
    return path.resolve("lessons.jsonl");
  }

  Path pairs() {
    return path.resolve("pairs.jsonl");
  }

  Path training() {
    return Disk.folder(path.resolve("training"));
  }

  Path replies() {
    return path.resolve("replies.jsonl");
  }

  /// Whether the data set is whole.
  boolean written() {
    return Files.exists(path.resolve("tally.json"));
  }

  void write(DataSetWriter.Written written) {
    Disk.folder(path);
    Set<Origin> origins = new LinkedHashSet<>();
    switch (written.material()) {
      case Material.Lessons(List<Lesson> learned, List<Lesson> heldOut) -> {
        Disk.write(lessons(), LessonFile.write(learned));
        Disk.write(path.resolve("heldout.jsonl"), LessonFile.write(heldOut));
        learned.forEach(lesson -> origins.addAll(lesson.origins()));
        heldOut.forEach(lesson -> origins.addAll(lesson.origins()));
      }
      case Material.Pairs(List<PreferencePair> learned, List<PreferencePair> heldOut) -> {
        Disk.write(pairs(), PreferenceFile.write(learned));
        Disk.write(path.resolve("heldout-pairs.jsonl"), PreferenceFile.write(heldOut));
      }
    }
    switch (written.asked()) {
      case Material.Lessons lessons ->
          Disk.write(path.resolve("answers.jsonl"), LessonFile.write(lessons.learned()));
      case Material.Pairs pairs ->
          Disk.write(path.resolve("answer-pairs.jsonl"), PreferenceFile.write(pairs.learned()));
    }
    Disk.write(
        path.resolve("origins.txt"),
        origins.stream()
            .map(Origin::toString)
            .collect(Collectors.joining("\n"))
            .getBytes(StandardCharsets.UTF_8));
    Disk.write(path.resolve("exam.jsonl"), ExamFile.write(written.exam()));
    Disk.write(
        path.resolve("tally.json"),
        tally(written.tally()).toString().getBytes(StandardCharsets.UTF_8));
  }

  /// What a trainer is given.
  Material material() {
    return Files.exists(pairs())
        ? new Material.Pairs(pairs("pairs.jsonl"), pairs("heldout-pairs.jsonl"))
        : new Material.Lessons(learned(), heldOut());
  }

  /// What the exam asks.
  Paper paper() {
    return new Paper(exam(), answers());
  }

  /// The answers that were held out; none where the data set was written before any were.
  List<HeldAnswer> answers() {
    return Files.exists(pairs())
        ? HeldAnswers.ofPairs(pairs("answer-pairs.jsonl"))
        : HeldAnswers.ofLessons(lessons("answers.jsonl"));
  }

  private List<PreferencePair> pairs(String name) {
    byte[] bytes = bytes(name);
    return bytes.length == 0 ? List.of() : PreferenceFile.read(bytes, name, List.of());
  }

  private List<Lesson> lessons(String name) {
    byte[] bytes = bytes(name);
    return bytes.length == 0
        ? List.of()
        : LessonFile.read(bytes, name, List.of(new Origin.Replayed()));
  }

  private byte[] bytes(String name) {
    Path file = path.resolve(name);
    return Files.exists(file) ? Disk.read(file) : new byte[0];
  }

  /// All that the data set was made from: what a row comes from whose writer did not say.
  List<Origin> origins() {
    return new String(Disk.read(path.resolve("origins.txt")), StandardCharsets.UTF_8)
        .lines()
        .map(Origin::parse)
        .toList();
  }

  List<Lesson> learned() {
    return LessonFile.read(Disk.read(lessons()), "lessons.jsonl", origins());
  }

  List<Lesson> heldOut() {
    return lessons("heldout.jsonl");
  }

  List<ExamItem> exam() {
    return ExamFile.read(Disk.read(path.resolve("exam.jsonl")), "exam.jsonl");
  }

  Tally tally() {
    JsonNode json = JsonMapper.shared().readTree(Disk.read(path.resolve("tally.json")));
    return new Tally(
        json.path("facts").intValue(),
        json.path("control").intValue(),
        counts(json.path("kept")),
        counts(json.path("dropped")));
  }

  /// Counts again what is learned, after somebody edited it.
  void recount() {
    Tally before = tally();
    SortedMap<String, Integer> kept = new TreeMap<>();
    switch (material()) {
      case Material.Lessons lessons ->
          lessons.learned().forEach(lesson -> kept.merge(lesson.kind().word(), 1, Integer::sum));
      case Material.Pairs pairs -> kept.put("pair", pairs.learned().size());
    }
    Tally after = new Tally(before.facts(), before.control(), kept, before.dropped());
    Disk.write(
        path.resolve("tally.json"), tally(after).toString().getBytes(StandardCharsets.UTF_8));
  }

  static ObjectNode tally(Tally tally) {
    ObjectNode json =
        JsonMapper.shared()
            .createObjectNode()
            .put("facts", tally.facts())
            .put("control", tally.control());
    tally.kept().forEach(json.putObject("kept")::put);
    tally.dropped().forEach(json.putObject("dropped")::put);
    return json;
  }

  private static SortedMap<String, Integer> counts(JsonNode json) {
    SortedMap<String, Integer> counts = new TreeMap<>();
    json.properties().forEach(entry -> counts.put(entry.getKey(), entry.getValue().intValue()));
    return counts;
  }

  void examined(Examined examined) {
    Disk.write(
        path.resolve("examined.json"),
        ExaminedJson.write(examined).getBytes(StandardCharsets.UTF_8));
  }

  Optional<Examined> examined() {
    Path file = path.resolve("examined.json");
    return Files.exists(file) ? Optional.of(ExaminedJson.read(Disk.read(file))) : Optional.empty();
  }

  /// The trainer's adapter, as it is noted once it is whole.
  Optional<Path> adapter() {
    return note().map(lines -> Path.of(lines.getFirst()));
  }

  /// Which step it is of.
  OptionalInt adapterStep() {
    return note()
        .filter(lines -> lines.size() > 1)
        .map(lines -> OptionalInt.of(Integer.parseInt(lines.get(1))))
        .orElse(OptionalInt.empty());
  }

  private Optional<List<String>> note() {
    Path note = path.resolve("adapter.txt");
    return Files.exists(note)
        ? Optional.of(new String(Disk.read(note), StandardCharsets.UTF_8).lines().toList())
        : Optional.empty();
  }

  void adapter(Path adapter, int step) {
    Disk.write(
        path.resolve("adapter.txt"),
        "%s\n%d\n".formatted(adapter, step).getBytes(StandardCharsets.UTF_8));
  }

  /// SHA-256 of what was learned.
  String digest() {
    Path learned = Files.exists(pairs()) ? pairs() : lessons();
    try {
      return "sha256:"
          + HexFormat.of()
              .formatHex(MessageDigest.getInstance("SHA-256").digest(Disk.read(learned)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }
}
