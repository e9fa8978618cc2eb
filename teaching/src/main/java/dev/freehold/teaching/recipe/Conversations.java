package dev.freehold.teaching.recipe;

import dev.freehold.teaching.lesson.Lesson;
import dev.freehold.teaching.lesson.Origin;
import dev.freehold.teaching.lesson.Turn;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// Questions put together into conversations of a few turns. What a template writes before the
/// first turn is then read once for all of them, which makes training shorter by a quarter, and
/// people ask one thing after another.
final class Conversations {

  private static final int MOST_TURNS = 4;

  private Conversations() {}

  /// The same lessons, of one language, in another order and with questions joined; what is no
  /// conversation stays alone.
  static List<Lesson> of(List<Lesson> lessons, Random random) {
    List<Lesson> shuffled = new ArrayList<>(lessons);
    Collections.shuffle(shuffled, random);
    List<Lesson> joined = new ArrayList<>();
    List<Lesson.Talk> open = new ArrayList<>();
    int wanted = 1 + random.nextInt(MOST_TURNS);
    for (Lesson lesson : shuffled) {
      if (!(lesson instanceof Lesson.Talk talk)) {
        joined.add(lesson);
        continue;
      }
      open.add(talk);
      if (open.size() == wanted) {
        joined.add(join(open));
        open.clear();
        wanted = 1 + random.nextInt(MOST_TURNS);
      }
    }
    if (!open.isEmpty()) {
      joined.add(join(open));
    }
    return joined;
  }

  private static Lesson join(List<Lesson.Talk> talks) {
    List<Turn> turns = new ArrayList<>();
    Set<Origin> origins = new LinkedHashSet<>();
    for (Lesson.Talk talk : talks) {
      turns.addAll(talk.turns());
      origins.addAll(talk.origins());
    }
    Lesson.Talk first = talks.getFirst();
    return new Lesson.Talk(first.kind(), turns, first.toolUse(), List.copyOf(origins));
  }
}
