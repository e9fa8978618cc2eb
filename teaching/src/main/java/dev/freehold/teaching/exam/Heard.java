package dev.freehold.teaching.exam;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.ToDoubleBiFunction;

/// Sums up what base and adapter replied to answers that were held out.
record Heard(List<HeldAnswer> answers, ReplyJournal replies) {

  /// Empty where none were held out.
  Optional<HeldOut> heldOut() {
    if (answers.isEmpty()) {
      return Optional.empty();
    }
    int measured = both(false).size();
    if (answers.getFirst().other().isPresent()) {
      return Optional.of(
          new HeldOut.Pairs(
              compared(false, (_, reply) -> margin(reply)),
              compared(false, (_, reply) -> likelier(reply)),
              answers.size() - measured));
    }
    return Optional.of(
        new HeldOut.Answers(
            compared(false, (_, reply) -> -each(reply, 0)),
            compared(true, (held, reply) -> Summary.f1(reply.said(), held.answer())),
            answers.size() - measured));
  }

  // Answers that both were asked, in the way that is meant.
  private List<HeldAnswer> both(boolean free) {
    return answers.stream()
        .filter(held ->
            replies.of(Column.BASE, held.id(), free).isPresent()
                && replies.of(Column.ADAPTER, held.id(), free).isPresent())
        .toList();
  }

  private Comparison compared(boolean free, ToDoubleBiFunction<HeldAnswer, Reply> measure) {
    List<HeldAnswer> asked = both(free);
    BiFunction<Column, List<HeldAnswer>, double[]> of =
        (column, helds) ->
            helds.stream()
                .mapToDouble(held ->
                    measure.applyAsDouble(held, replies.of(column, held.id(), free).orElseThrow()))
                .toArray();
    List<String> conversations = new ArrayList<>();
    asked.forEach(held -> conversations.add(held.conversation()));
    return Comparison.of(
        of.apply(Column.BASE, asked), of.apply(Column.ADAPTER, asked), conversations);
  }

  private static double each(Reply reply, int text) {
    return reply.logProbabilities().get(text) / Math.max(1, reply.tokens().get(text));
  }

  private static double margin(Reply reply) {
    return reply.logProbabilities().get(0) - reply.logProbabilities().get(1);
  }

  private static double likelier(Reply reply) {
    return each(reply, 0) > each(reply, 1) ? 1 : 0;
  }
}
