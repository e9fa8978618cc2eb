package dev.freehold.teaching.recipe;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.Conflict;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Principal;
import dev.freehold.chat.SealedTexts;
import dev.freehold.documents.Block;
import dev.freehold.documents.Document;
import dev.freehold.documents.Library;
import dev.freehold.documents.Passage;
import dev.freehold.teaching.exam.CommonGround;
import dev.freehold.teaching.exam.ExamItem;
import dev.freehold.teaching.lesson.Kind;
import dev.freehold.teaching.lesson.Lesson;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Makes a data set of the documents of collections, read under the rights of who asks.
///
/// Facts → many wordings of each, made by rules and, as far as it agrees with the document, by the
/// base itself → questions with passages, with and without an answer in them → some of the base's
/// own answers to everyday prompts. Whole sections are kept out as control. The same documents,
/// settings and base give the same data set.
///
/// Used by one thread.
public final class Recipe {

  private static final int MOST_HELD_OUT = 200;

  private final RecipeSettings settings;
  private final ChatModel base;
  private final SealedTexts sealed;
  private final Consumer<RecipeProgress> progress;
  private final Random random;
  private final SortedMap<String, Integer> dropped = new TreeMap<>();

  /// @param base writes texts and answers the prompts that are replayed
  /// @param sealed what must not be taught
  /// @param progress is told how far it is
  public Recipe(
      RecipeSettings settings,
      ChatModel base,
      SealedTexts sealed,
      Consumer<RecipeProgress> progress) {
    this.settings = settings;
    this.base = base;
    this.sealed = sealed;
    this.progress = progress;
    this.random = new Random(settings.seed());
  }

  /// Reads the collections and writes the data set.
  ///
  /// @throws dev.freehold.chat.NotFound where a collection is unknown or forbidden
  /// @throws Conflict where a document or a lesson holds a sealed case, naming both
  /// @throws InvalidRequest where nothing can be taught from them
  public DataSet write(Principal asker, Library library, List<String> collections) {
    FactFinder finder = new FactFinder();
    List<Passage> passages = new ArrayList<>();
    for (String collection : collections) {
      for (Document document : library.documents(asker, collection)) {
        List<Block> blocks = library.blocks(asker, document.id());
        if (blocks.isEmpty()) {
          count("documents that are not read", 1);
          continue;
        }
        refuseSealed(document, blocks);
        finder.read(document, blocks);
        passages.addAll(library.passages(asker, document.id()));
      }
    }
    finder.passedOver().forEach((why, number) -> count("sentences: " + why, number));
    return mix(finder.facts(), passages);
  }

  private void refuseSealed(Document document, List<Block> blocks) {
    String text = blocks.stream().map(Block::text).collect(Collectors.joining("\n"));
    sealed
        .caseIn(text)
        .ifPresent(found -> {
          throw new Conflict(
              "%s holds the sealed case %s: a model that learned it would show nothing on that benchmark. Take it out of the documents or out of the benchmark."
                  .formatted(document.name(), found));
        });
  }

  private DataSet mix(List<Fact> facts, List<Passage> passages) {
    Set<String> control = controlSections(facts);
    Map<Boolean, List<Fact>> split =
        facts.stream().collect(Collectors.partitioningBy(fact -> control.contains(section(fact))));
    List<Fact> taught = split.getOrDefault(false, List.of());
    List<Fact> kept = split.getOrDefault(true, List.of());
    if (taught.isEmpty()) {
      throw new InvalidRequest(
          "There is nothing to teach: these documents hold no sentence and no table that could be"
              + " read.",
          "training_file");
    }
    List<Lesson> heldOut = new ArrayList<>();
    List<Lesson> lessons = new ArrayList<>(wordings(taught, heldOut));
    List<Passage> open =
        passages.stream().filter(passage -> kept.stream().noneMatch(in(passage))).toList();
    lessons.addAll(grounded(taught, open, lessons.size()));
    lessons.addAll(replayed(lessons.size()));
    refuseSealed(lessons);
    Collections.shuffle(lessons, random);
    int aside = (int) Math.round(lessons.size() * settings.heldOut());
    heldOut.addAll(lessons.subList(0, aside));
    List<Lesson> learned = List.copyOf(lessons.subList(aside, lessons.size()));
    Collections.shuffle(heldOut, random);
    List<ExamItem> exam = new ArrayList<>();
    exam.addAll(ExamWriter.of(taught, ExamItem.Group.TAUGHT, 120, settings.seed()));
    exam.addAll(ExamWriter.of(kept, ExamItem.Group.CONTROL, 60, settings.seed()));
    exam.addAll(CommonGround.questions());
    SortedMap<String, Integer> byKind = new TreeMap<>();
    learned.forEach(lesson -> byKind.merge(lesson.kind().word(), 1, Integer::sum));
    return new DataSet(
        learned,
        heldOut.subList(0, Math.min(MOST_HELD_OUT, heldOut.size())),
        exam,
        new Tally(facts.size(), kept.size(), byKind, dropped));
  }

  private static java.util.function.Predicate<Fact> in(Passage passage) {
    return fact ->
        passage.text().contains(fact.cell().map(Fact.Cell::row).orElse(fact.statement()));
  }

  // Whole sections, since the sentences beside one give it away.
  private Set<String> controlSections(List<Fact> facts) {
    Map<String, Long> sizes =
        facts.stream().collect(Collectors.groupingBy(Recipe::section, Collectors.counting()));
    List<String> sections = new ArrayList<>(new TreeMap<>(sizes).keySet());
    Collections.shuffle(sections, new Random(settings.seed()));
    Set<String> control = new HashSet<>();
    long wanted = Math.round(facts.size() * settings.control());
    long taken = 0;
    for (String section : sections) {
      long size = sizes.getOrDefault(section, 0L);
      if (taken + size <= wanted) {
        control.add(section);
        taken += size;
      }
    }
    return control;
  }

  private static String section(Fact fact) {
    return fact.title() + " › " + fact.heading();
  }

  private List<Lesson> wordings(List<Fact> taught, List<Lesson> heldOut) {
    ModelWriter writer = new ModelWriter(base, why -> count(why, 1));
    List<Lesson> lessons = new ArrayList<>();
    Map<String, List<Lesson>> alone = new TreeMap<>();
    int done = 0;
    for (Fact fact : taught) {
      Phrasings phrasings =
          new Phrasings(fact, new Random(settings.seed() * 31 + fact.statement().hashCode()));
      List<Phrasings.HeldOut> held = fact.answers().stream().map(phrasings::heldOut).toList();
      if (!held.isEmpty()) {
        heldOut.add(
            Lesson.Talk.of(
                Kind.QUESTION,
                held.getFirst().question(),
                held.getFirst().answer().text(),
                fact.origins()));
      }
      alone
          .computeIfAbsent(fact.language(), _ -> new ArrayList<>())
          .addAll(phrasings.lessons(settings.textsPerFact(), held));
      lessons.addAll(writer.lessons(fact, settings.modelTexts(), settings.seed() + 1000L * done));
      progress.accept(new RecipeProgress("wording facts", ++done, taught.size()));
    }
    alone.values().forEach(one -> lessons.addAll(Conversations.of(one, random)));
    return lessons;
  }

  private List<Lesson> grounded(List<Fact> taught, List<Passage> passages, int others) {
    List<Fact> asked =
        new ArrayList<>(taught.stream().filter(fact -> !fact.answers().isEmpty()).toList());
    int wanted = (int) Math.round(others * settings.grounded());
    GroundedLessons reading = new GroundedLessons(passages, random);
    List<Lesson> lessons = new ArrayList<>();
    Collections.shuffle(asked, random);
    for (int i = 0; i < asked.size() * 8 && lessons.size() < wanted; i++) {
      Fact fact = asked.get(i % asked.size());
      Span answer = fact.answers().get(i / asked.size() % fact.answers().size());
      String question = new Phrasings(fact, new Random(settings.seed() + i)).question(answer);
      boolean without = random.nextDouble() < settings.unanswerable();
      Optional<Lesson> lesson =
          without ? reading.unanswerable(fact, question) : reading.answered(fact, question, answer);
      lesson.ifPresentOrElse(lessons::add, () -> count("questions without a passage", 1));
    }
    return lessons;
  }

  private List<Lesson> replayed(int others) {
    int wanted = (int) Math.round(others * settings.replay());
    return new Replays(base, settings.seed(), progress).lessons(wanted);
  }

  private void refuseSealed(List<Lesson> lessons) {
    for (Lesson lesson : lessons) {
      sealed
          .caseIn(lesson.text())
          .ifPresent(found -> {
            throw new Conflict(
                "A lesson of %s holds the sealed case %s. Take the case out of the benchmark, or the sentence out of the documents."
                    .formatted(lesson.origins().getFirst(), found));
          });
    }
  }

  private void count(String why, int number) {
    if (number > 0) {
      dropped.merge(why, number, Integer::sum);
    }
  }
}
