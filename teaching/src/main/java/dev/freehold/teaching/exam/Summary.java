package dev.freehold.teaching.exam;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Continuation;
import dev.freehold.chat.Message;
import dev.freehold.chat.Sampling;
import dev.freehold.evaluation.grader.Texts;
import dev.freehold.evaluation.statistics.Interval;
import dev.freehold.evaluation.statistics.PairedBinary;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Sums up the replies of an exam, and measures what was forgotten.
final class Summary {

  /// Characters of a window of general text; its first third is only read.
  private static final int WINDOW = 1500;

  private static final int SPOKEN_TOKENS = 48;

  private final Paper paper;
  private final Map<Column, ChatModel> columns;
  private final ReplyJournal replies;

  Summary(Paper paper, Map<Column, ChatModel> columns, ReplyJournal replies) {
    this.paper = paper;
    this.columns = columns;
    this.replies = replies;
  }

  Examined examined() {
    Map<ExamItem.Group, Map<Column, Standing>> standings = new EnumMap<>(ExamItem.Group.class);
    for (ExamItem.Group group : ExamItem.Group.values()) {
      Map<Column, Standing> row = new EnumMap<>(Column.class);
      for (Column column : columns.keySet()) {
        Standing standing = standing(group, column);
        if (standing.asked() > 0) {
          row.put(column, standing);
        }
      }
      standings.put(group, row);
    }
    double before = perplexity(model(Column.BASE));
    double after = perplexity(model(Column.ADAPTER));
    boolean[] knew = right(ExamItem.Group.KNOWN, Column.BASE, Column.ADAPTER);
    boolean[] knows = right(ExamItem.Group.KNOWN, Column.ADAPTER, Column.BASE);
    int known = 0;
    int still = 0;
    for (int i = 0; i < knew.length; i++) {
      known += knew[i] ? 1 : 0;
      still += knew[i] && knows[i] ? 1 : 0;
    }
    Map<Column, Standing> taught =
        Objects.requireNonNull(standings.get(ExamItem.Group.TAUGHT), "taught");
    Optional<HeldOut> heldOut = new Heard(paper.answers(), replies).heldOut();
    return new Examined(
        standings,
        besideDocuments(),
        heldOut,
        before,
        after,
        known,
        still,
        agreement(),
        gates(
            taught.getOrDefault(Column.ADAPTER, new Standing(0, 0, 0, 0, 0, 0)),
            heldOut,
            List.of(
                Gates.control(
                    right(ExamItem.Group.CONTROL, Column.ADAPTER, Column.BASE),
                    right(ExamItem.Group.CONTROL, Column.BASE, Column.ADAPTER)),
                Gates.retention(still, known),
                Gates.perplexity(before, after))));
  }

  // Where nothing was asked of facts because none were taught, answers alone say what was learned.
  private static List<Gate> gates(
      Standing taught, Optional<HeldOut> heldOut, List<Gate> ofForgetting) {
    List<Gate> gates = new ArrayList<>();
    if (taught.asked() > 0 || heldOut.isEmpty()) {
      gates.add(Gates.taught(taught));
    }
    heldOut.map(HeldOut::gate).ifPresent(gates::add);
    gates.addAll(ofForgetting);
    return gates;
  }

  private ChatModel model(Column column) {
    return Objects.requireNonNull(columns.get(column), column.word());
  }

  private Standing standing(ExamItem.Group group, Column column) {
    int asked = 0;
    int right = 0;
    double surprise = 0;
    int spoken = 0;
    double contains = 0;
    double f1 = 0;
    for (ExamItem item : paper.items()) {
      if (item.group() != group) {
        continue;
      }
      Optional<Reply> options = replies.of(column, item.id(), false);
      if (options.isPresent()) {
        asked++;
        right += options.get().chosen(item) == item.right() ? 1 : 0;
        surprise += options.get().surprise(item);
      }
      Optional<Reply> free = replies.of(column, item.id(), true);
      if (free.isPresent()) {
        spoken++;
        contains += holds(free.get().said(), item.accepted()) ? 1 : 0;
        f1 += f1(free.get().said(), item.answer());
      }
    }
    return new Standing(
        asked,
        right,
        asked == 0 ? 0 : surprise / asked,
        spoken,
        spoken == 0 ? 0 : contains / spoken,
        spoken == 0 ? 0 : f1 / spoken);
  }

  // Of the questions of a group that both were asked, whether the first was right.
  private boolean[] right(ExamItem.Group group, Column column, Column other) {
    List<Boolean> right = new ArrayList<>();
    for (ExamItem item : paper.items()) {
      Optional<Reply> one = replies.of(column, item.id(), false);
      if (item.group() == group
          && one.isPresent()
          && replies.of(other, item.id(), false).isPresent()) {
        right.add(one.get().chosen(item) == item.right());
      }
    }
    boolean[] array = new boolean[right.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = right.get(i);
    }
    return array;
  }

  private Optional<Examined.Difference> besideDocuments() {
    boolean[] both = right(ExamItem.Group.TAUGHT, Column.ADAPTER_DOCUMENTS, Column.BASE_DOCUMENTS);
    boolean[] documents =
        right(ExamItem.Group.TAUGHT, Column.BASE_DOCUMENTS, Column.ADAPTER_DOCUMENTS);
    if (both.length == 0) {
      return Optional.empty();
    }
    PairedBinary pairs = PairedBinary.of(both, documents);
    Interval interval = pairs.newcombe(0.95);
    return Optional.of(
        new Examined.Difference(both.length, pairs.difference(), interval.low(), interval.high()));
  }

  static boolean holds(String said, List<String> accepted) {
    String text = " " + Texts.normalised(said) + " ";
    return accepted.stream().anyMatch(one -> text.contains(" " + Texts.normalised(one) + " "));
  }

  /// F1 of the words of two texts, as SQuAD has it.
  static double f1(String said, String gold) {
    List<String> a = Texts.words(said);
    List<String> b = Texts.words(gold);
    if (a.isEmpty() || b.isEmpty()) {
      return a.equals(b) ? 1 : 0;
    }
    Map<String, Integer> left = new HashMap<>();
    b.forEach(word -> left.merge(word, 1, Integer::sum));
    int common = 0;
    for (String word : a) {
      if (left.merge(word, -1, Integer::sum) >= 0) {
        common++;
      }
    }
    return common == 0 ? 0 : 2.0 * common / (a.size() + b.size());
  }

  // What was forgotten.

  private static double perplexity(ChatModel model) {
    String text = CommonGround.prose();
    double sum = 0;
    long tokens = 0;
    for (int at = 0; at + WINDOW <= text.length(); at += WINDOW) {
      String window = text.substring(at, at + WINDOW);
      int read = window.lastIndexOf(' ', WINDOW / 3);
      Continuation scored =
          model
              .continuations(window.substring(0, read), List.of(window.substring(read)))
              .getFirst();
      sum -= scored.logProbability();
      tokens += scored.tokens();
    }
    return Math.exp(sum / Math.max(1, tokens));
  }

  private double agreement() {
    List<String> prompts = CommonGround.compared();
    double sum = 0;
    for (String prompt : prompts) {
      sum += f1(spoken(model(Column.ADAPTER), prompt), spoken(model(Column.BASE), prompt));
    }
    return sum / prompts.size();
  }

  private static String spoken(ChatModel model, String prompt) {
    return model
        .answer(
            ChatRequest.of(new Message.User(prompt))
                .withSampling(Sampling.GREEDY)
                .withMaxTokens(SPOKEN_TOKENS))
        .text();
  }
}
