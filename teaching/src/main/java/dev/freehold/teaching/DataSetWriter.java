package dev.freehold.teaching;

import dev.freehold.chat.Asking;
import dev.freehold.chat.Conflict;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Principal;
import dev.freehold.chat.ToolUse;
import dev.freehold.teaching.exam.CommonGround;
import dev.freehold.teaching.exam.ExamFile;
import dev.freehold.teaching.exam.ExamItem;
import dev.freehold.teaching.lesson.Kind;
import dev.freehold.teaching.lesson.Lesson;
import dev.freehold.teaching.lesson.LessonFile;
import dev.freehold.teaching.lesson.Origin;
import dev.freehold.teaching.lesson.PreferenceFile;
import dev.freehold.teaching.lesson.Turn;
import dev.freehold.teaching.recipe.DataSet;
import dev.freehold.teaching.recipe.Recipe;
import dev.freehold.teaching.recipe.RecipeProgress;
import dev.freehold.teaching.recipe.Tally;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Writes the data set of a wish from all its sources.
final class DataSetWriter {

  private final TeachingPorts ports;
  private final Path files;
  private final Consumer<RecipeProgress> progress;

  /// @param files where the files lie that were brought
  DataSetWriter(TeachingPorts ports, Path files, Consumer<RecipeProgress> progress) {
    this.ports = ports;
    this.files = files;
    this.progress = progress;
  }

  /// A data set and, where preferences are taught, the file of pairs as it came.
  record Written(DataSet set, byte[] pairs) {}

  /// Reads all sources under the rights of the owner.
  ///
  /// @throws Conflict where something that would be taught holds a sealed case
  Written write(Wish wish, Principal owner) {
    if (wish.method() == Wish.Method.DPO) {
      return pairs(wish);
    }
    List<Lesson> learned = new ArrayList<>();
    List<Lesson> heldOut = new ArrayList<>();
    List<ExamItem> exam = new ArrayList<>();
    SortedMap<String, Integer> dropped = new TreeMap<>();
    int facts = 0;
    int control = 0;
    List<String> collections =
        wish.sources().stream()
            .filter(Source.Collection.class::isInstance)
            .map(source -> ((Source.Collection) source).id())
            .toList();
    if (!collections.isEmpty()) {
      DataSet read =
          new Recipe(
                  wish.recipe(),
                  ports.models().model(wish.model(), Asking.of(owner)),
                  ports.sealed(),
                  progress)
              .write(owner, ports.library(), collections);
      learned.addAll(read.lessons());
      heldOut.addAll(read.heldOut());
      exam.addAll(read.exam());
      dropped.putAll(read.tally().dropped());
      facts = read.tally().facts();
      control = read.tally().control();
    }
    for (Source source : wish.sources()) {
      switch (source) {
        case Source.Collection _ -> {}
        case Source.Workload workload -> learned.addAll(exchanges(owner, workload, dropped));
        case Source.File file -> learned.addAll(lessons(file));
      }
    }
    wish.validation().ifPresent(file -> heldOut.addAll(lessons(file)));
    if (learned.isEmpty()) {
      throw new InvalidRequest("Nothing is left to teach: %s.".formatted(dropped), "training_file");
    }
    List<ExamItem> asked = exam(wish, exam);
    refuseAsked(learned, asked);
    SortedMap<String, Integer> kept = new TreeMap<>();
    learned.forEach(lesson -> kept.merge(lesson.kind().word(), 1, Integer::sum));
    return new Written(
        new DataSet(learned, heldOut, asked, new Tally(facts, control, kept, dropped)),
        new byte[0]);
  }

  private Written pairs(Wish wish) {
    if (wish.sources().size() != 1
        || !(wish.sources().getFirst() instanceof Source.File(String id))) {
      throw new InvalidRequest("Preferences are taught from one file of pairs.", "training_file");
    }
    byte[] bytes = Disk.read(files.resolve(id));
    SortedMap<String, Integer> kept = new TreeMap<>();
    PreferenceFile.read(bytes, id, List.of(new Origin.File(id)))
        .forEach(pair -> {
          String text = pair.preferred().text() + "\n" + pair.messages().getLast().text();
          refuseSealed(text, "A pair of " + id);
          kept.merge("pair", 1, Integer::sum);
        });
    return new Written(
        new DataSet(
            List.of(), List.of(), exam(wish, List.of()), new Tally(0, 0, kept, new TreeMap<>())),
        bytes);
  }

  private List<Lesson> lessons(Source.File file) {
    List<Lesson> lessons =
        LessonFile.read(
            Disk.read(files.resolve(file.id())), file.id(), List.of(new Origin.File(file.id())));
    lessons.forEach(lesson -> refuseSealed(lesson.text(), "A row of " + file.id()));
    return lessons;
  }

  private List<Lesson> exchanges(
      Principal owner, Source.Workload workload, SortedMap<String, Integer> dropped) {
    List<Lesson> lessons = new ArrayList<>();
    for (TrainableExchange exchange : ports.exchanges().of(owner, workload.name())) {
      if (!exchange.mayTrain()) {
        dropped.merge("exchanges without the right to train", 1, Integer::sum);
      } else if (exchange.messages().isEmpty() || exchange.answer().isBlank()) {
        dropped.merge("exchanges without words", 1, Integer::sum);
      } else {
        List<Turn> turns = new ArrayList<>();
        // Earlier answers of the conversation were learned where they were captured.
        exchange.messages().forEach(message -> turns.add(new Turn(message, false)));
        turns.add(Turn.of(new Message.Assistant(exchange.answer())));
        Lesson lesson =
            new Lesson.Talk(
                Kind.EXCHANGE, turns, ToolUse.NONE, List.of(new Origin.Exchange(exchange.id())));
        refuseSealed(lesson.text(), "The exchange " + exchange.id());
        lessons.add(lesson);
      }
    }
    return lessons;
  }

  private void refuseSealed(String text, String what) {
    ports
        .sealed()
        .caseIn(text)
        .ifPresent(found -> {
          throw new Conflict(
              "%s holds the sealed case %s: a model that learned it would show nothing on that benchmark."
                  .formatted(what, found));
        });
  }

  // A file's questions take the place of those the recipe wrote.
  private List<ExamItem> exam(Wish wish, List<ExamItem> written) {
    List<ExamItem> items =
        new ArrayList<>(
            wish.exam()
                .map(file -> ExamFile.read(Disk.read(files.resolve(file.id())), file.id()))
                .orElse(written));
    if (items.stream().noneMatch(item -> item.group() == ExamItem.Group.KNOWN)) {
      items.addAll(CommonGround.questions());
    }
    return items;
  }

  // What is asked is sealed as a benchmark's cases are.
  private static void refuseAsked(List<Lesson> lessons, List<ExamItem> exam) {
    for (ExamItem item : exam) {
      if (item.group() == ExamItem.Group.KNOWN) {
        continue;
      }
      String question = item.question().strip();
      for (Lesson lesson : lessons) {
        if (lesson.text().contains(question)) {
          throw new Conflict(
              "A lesson of %s holds the question %s of the exam: what was taught word for word shows nothing."
                  .formatted(lesson.origins().getFirst(), item.id()));
        }
      }
    }
  }
}
