package dev.freehold.teaching;

import dev.freehold.teaching.exam.ExamFile;
import dev.freehold.teaching.exam.ExamItem;
import dev.freehold.teaching.exam.Examined;
import dev.freehold.teaching.exam.ExaminedJson;
import dev.freehold.teaching.lesson.Lesson;
import dev.freehold.teaching.lesson.LessonFile;
import dev.freehold.teaching.lesson.Origin;
import dev.freehold.teaching.recipe.DataSet;
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
/// lessons.jsonl   what is learned; a person may edit it      pairs.jsonl  in its place, for preferences
/// origins.txt     what all of it was made from
/// heldout.jsonl   what the loss is measured on
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

  void write(DataSet set, byte[] pairs) {
    Disk.folder(path);
    if (pairs.length > 0) {
      Disk.write(pairs(), pairs);
    } else {
      Disk.write(lessons(), LessonFile.write(set.lessons()));
      Disk.write(path.resolve("heldout.jsonl"), LessonFile.write(set.heldOut()));
    }
    Set<Origin> origins = new LinkedHashSet<>();
    set.lessons().forEach(lesson -> origins.addAll(lesson.origins()));
    set.heldOut().forEach(lesson -> origins.addAll(lesson.origins()));
    Disk.write(
        path.resolve("origins.txt"),
        origins.stream()
            .map(Origin::toString)
            .collect(Collectors.joining("\n"))
            .getBytes(StandardCharsets.UTF_8));
    Disk.write(path.resolve("exam.jsonl"), ExamFile.write(set.exam()));
    Disk.write(
        path.resolve("tally.json"), tally(set.tally()).toString().getBytes(StandardCharsets.UTF_8));
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
    byte[] bytes = Disk.read(path.resolve("heldout.jsonl"));
    return bytes.length == 0
        ? List.of()
        : LessonFile.read(bytes, "heldout.jsonl", List.of(new Origin.Replayed()));
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
    Path note = path.resolve("adapter.txt");
    return Files.exists(note)
        ? Optional.of(Path.of(new String(Disk.read(note), StandardCharsets.UTF_8)))
        : Optional.empty();
  }

  void adapter(Path adapter) {
    Disk.write(path.resolve("adapter.txt"), adapter.toString().getBytes(StandardCharsets.UTF_8));
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
