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
import dev.freehold.teaching.lesson.PreferencePair;
import dev.freehold.teaching.lesson.Turn;
import dev.freehold.teaching.recipe.DataSet;
import dev.freehold.teaching.recipe.Recipe;
import dev.freehold.teaching.recipe.RecipeProgress;
import dev.freehold.teaching.recipe.Tally;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  /// A data set: lessons or pairs, and what is asked afterwards.
  ///
  /// @param material what is learned, and what the loss is measured on
  /// @param asked rows that are never learned, whose answers the exam asks; of the same form
  /// @param exam questions with options
  /// @param tally what became of what was found
  record Written(Material material, Material asked, List<ExamItem> exam, Tally tally) {}

  /// Reads all sources under the rights of the owner.
  ///
  /// @throws Conflict where something that would be taught holds a sealed case
  Written write(Wish wish, Principal owner) {
    if (wish.method() == Wish.Method.DPO) {
      return pairs(wish);
    }
    Optional<DataSet> read = documents(wish, owner);
    SortedMap<String, Integer> dropped =
        new TreeMap<>(read.map(set -> set.tally().dropped()).orElse(new TreeMap<>()));
    HoldingOut.Parts<Lesson> talks = conversations(wish, owner, dropped);
    List<Lesson> learned = joined(read.map(DataSet::lessons), talks.learned());
    if (learned.isEmpty()) {
      throw new InvalidRequest("Nothing is left to teach: %s.".formatted(dropped), "training_file");
    }
    List<ExamItem> asked = exam(wish, read.map(DataSet::exam).orElse(List.of()));
    learned.forEach(lesson -> refuseAsked(lesson.text(), lesson.origins().getFirst(), asked));
    SortedMap<String, Integer> kept = new TreeMap<>();
    learned.forEach(lesson -> kept.merge(lesson.kind().word(), 1, Integer::sum));
    return new Written(
        new Material.Lessons(learned, joined(read.map(DataSet::heldOut), talks.measured())),
        new Material.Lessons(talks.asked(), List.of()),
        asked,
        new Tally(
            read.map(set -> set.tally().facts()).orElse(0),
            read.map(set -> set.tally().control()).orElse(0),
            kept,
            dropped));
  }

  private static List<Lesson> joined(Optional<List<Lesson>> some, List<Lesson> more) {
    List<Lesson> all = new ArrayList<>(some.orElse(List.of()));
    all.addAll(more);
    return all;
  }

  private Optional<DataSet> documents(Wish wish, Principal owner) {
    List<String> collections =
        wish.sources().stream()
            .filter(Source.Collection.class::isInstance)
            .map(source -> ((Source.Collection) source).id())
            .toList();
    return collections.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Recipe(
                    wish.recipe(),
                    ports.models().model(wish.model(), Asking.of(owner)),
                    ports.sealed(),
                    progress)
                .write(owner, ports.library(), collections));
  }

  // Exchanges and rows of files; what is brought to measure by spares the others.
  private HoldingOut.Parts<Lesson> conversations(
      Wish wish, Principal owner, SortedMap<String, Integer> dropped) {
    List<Lesson> talks = new ArrayList<>();
    for (Source source : wish.sources()) {
      switch (source) {
        case Source.Collection _ -> {}
        case Source.Workload workload -> talks.addAll(exchanges(owner, workload, dropped));
        case Source.File file -> talks.addAll(lessons(file));
      }
    }
    HoldingOut<Lesson> holding =
        new HoldingOut<>(HeldAnswers::conversation, HeldAnswers::askable, wish.recipe().seed());
    return told(parts(holding, talks, wish.validation().map(this::lessons)), dropped);
  }

  private static <T> HoldingOut.Parts<T> parts(
      HoldingOut<T> holding, List<T> rows, Optional<List<T>> validation) {
    if (validation.isEmpty()) {
      return holding.of(rows);
    }
    HoldingOut.Parts<T> brought = holding.ofValidation(validation.get());
    return new HoldingOut.Parts<>(rows, brought.measured(), brought.asked());
  }

  private static <T> HoldingOut.Parts<T> told(
      HoldingOut.Parts<T> parts, SortedMap<String, Integer> dropped) {
    if (!parts.asked().isEmpty()) {
      dropped.put("kept for the exam", parts.asked().size());
    }
    if (!parts.measured().isEmpty()) {
      dropped.put("kept to measure the loss", parts.measured().size());
    }
    return parts;
  }

  private Written pairs(Wish wish) {
    if (wish.sources().size() != 1 || !(wish.sources().getFirst() instanceof Source.File source)) {
      throw new InvalidRequest("Preferences are taught from one file of pairs.", "training_file");
    }
    HoldingOut<PreferencePair> holding =
        new HoldingOut<>(HeldAnswers::conversation, HeldAnswers::askable, wish.recipe().seed());
    SortedMap<String, Integer> dropped = new TreeMap<>();
    HoldingOut.Parts<PreferencePair> parts =
        told(parts(holding, pairs(source), wish.validation().map(this::pairs)), dropped);
    List<ExamItem> asked = exam(wish, List.of());
    parts.learned().forEach(pair -> refuseAsked(pair.text(), pair.origins().getFirst(), asked));
    SortedMap<String, Integer> kept = new TreeMap<>();
    kept.put("pair", parts.learned().size());
    return new Written(
        new Material.Pairs(parts.learned(), parts.measured()),
        new Material.Pairs(parts.asked(), List.of()),
        asked,
        new Tally(0, 0, kept, dropped));
  }

  private List<PreferencePair> pairs(Source.File file) {
    List<PreferencePair> pairs =
        PreferenceFile.read(
            Disk.read(files.resolve(file.id())), file.id(), List.of(new Origin.File(file.id())));
    pairs.forEach(pair -> refuseSealed(pair.text(), "A pair of " + file.id()));
    return pairs;
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
  private static void refuseAsked(String text, Origin origin, List<ExamItem> exam) {
    for (ExamItem item : exam) {
      if (item.group() != ExamItem.Group.KNOWN && text.contains(item.question().strip())) {
        throw new Conflict(
            "A lesson of %s holds the question %s of the exam: what was taught word for word shows nothing."
                .formatted(origin, item.id()));
      }
    }
  }
}
