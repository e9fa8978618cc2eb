package dev.freehold.teaching.recipe;

import dev.freehold.chat.Message;
import dev.freehold.chat.ToolUse;
import dev.freehold.documents.Grounding;
import dev.freehold.documents.Passage;
import dev.freehold.teaching.lesson.Kind;
import dev.freehold.teaching.lesson.Lesson;
import dev.freehold.teaching.lesson.Origin;
import dev.freehold.teaching.lesson.Turn;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// Lessons in reading: a question with passages before it, put as it is put in service, and the
/// sentence of the right passage word for word with its number; or, where only others are shown,
/// that nothing was found (RAFT, arXiv 2403.10131).
///
/// Used by one thread.
final class GroundedLessons {

  /// Characters of a passage that are shown, around the sentence; long passages cost training time
  /// and teach nothing more.
  private static final int SHOWN = 360;

  private static final int DISTRACTORS = 2;

  private final List<Passage> passages;
  private final Random random;

  GroundedLessons(List<Passage> passages, Random random) {
    this.passages = passages;
    this.random = random;
  }

  /// A lesson whose answer stands in one of the passages; empty where the sentence is in none. It
  /// is answered as without passages, now in few words and now in the sentence: who is taught
  /// sentences only finds a short right answer unlikely.
  Optional<Lesson> answered(Fact fact, String question, Span answer) {
    Optional<Passage> right = passages.stream().filter(passage -> holds(passage, fact)).findFirst();
    if (right.isEmpty()) {
      return Optional.empty();
    }
    List<Passage> shown = new ArrayList<>(distractors(fact));
    shown.add(around(right.get(), needle(fact)));
    Collections.shuffle(shown, random);
    int number = 1;
    while (!shown.get(number - 1).id().equals(right.get().id())) {
      number++;
    }
    String said = new Answers(fact, Wordings.in(fact.language()), random).to(answer);
    String stripped = said.replaceFirst("[.;:!]+$", "");
    return Optional.of(
        lesson(Kind.GROUNDED, fact, shown, question, "%s [%d].".formatted(stripped, number)));
  }

  /// A lesson whose passages do not answer; empty where there are too few others.
  Optional<Lesson> unanswerable(Fact fact, String question) {
    List<Passage> shown = new ArrayList<>(distractors(fact));
    return shown.size() < DISTRACTORS
        ? Optional.empty()
        : Optional.of(
            lesson(
                Kind.UNANSWERABLE, fact, shown, question, Grounding.nothingFound(fact.language())));
  }

  // Passages that hold neither the sentence nor what is asked for.
  private List<Passage> distractors(Fact fact) {
    List<Passage> others =
        new ArrayList<>(
            passages.stream()
                .filter(passage -> !holds(passage, fact))
                .filter(passage ->
                    fact.answers().stream().noneMatch(a -> passage.text().contains(a.text())))
                .toList());
    Collections.shuffle(others, random);
    return others.stream()
        .limit(DISTRACTORS)
        .map(passage -> around(passage, passage.text().substring(0, 1)))
        .toList();
  }

  private static boolean holds(Passage passage, Fact fact) {
    return passage.text().contains(needle(fact))
        && fact.cell().map(cell -> passage.text().contains(cell.value())).orElse(true);
  }

  // A cell stands in its passage as part of a row; its row's beginning and value are looked for.
  private static String needle(Fact fact) {
    return fact.cell().map(Fact.Cell::row).orElse(fact.statement());
  }

  private static Passage around(Passage passage, String needle) {
    String text = passage.text();
    int at = Math.max(0, text.indexOf(needle));
    int spare = Math.max(0, SHOWN - needle.length()) / 2;
    int from = at <= spare ? 0 : text.indexOf(' ', at - spare) + 1;
    int to = Math.min(text.length(), at + needle.length() + spare);
    int end = to == text.length() ? to : Math.max(at + needle.length(), text.lastIndexOf(' ', to));
    return new Passage(
        passage.id(),
        0,
        passage.document(),
        passage.documentName(),
        passage.collection(),
        passage.page(),
        passage.heading(),
        text.substring(Math.min(from, at), end),
        0,
        passage.firstBlock(),
        passage.lastBlock());
  }

  private static Lesson lesson(
      Kind kind, Fact fact, List<Passage> shown, String question, String answer) {
    List<Turn> turns = new ArrayList<>();
    for (Message message : Grounding.asked(fact.language(), shown, question)) {
      turns.add(Turn.of(message));
    }
    turns.add(Turn.of(new Message.Assistant(answer)));
    Set<Origin> origins = new LinkedHashSet<>(fact.origins());
    shown.forEach(passage -> origins.add(new Origin.Document(passage.document())));
    return new Lesson.Talk(kind, turns, ToolUse.NONE, List.copyOf(origins));
  }
}
