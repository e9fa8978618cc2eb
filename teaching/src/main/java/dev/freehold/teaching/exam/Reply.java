package dev.freehold.teaching.exam;

import java.util.List;

/// What one who sits an exam said to one question.
///
/// @param column who
/// @param item the question's id
/// @param logProbabilities of each option as the answer; empty where it was asked to speak
/// @param tokens tokens of each option
/// @param said the answer in free words; empty where it was asked for options
record Reply(
    Column column, String item, List<Double> logProbabilities, List<Integer> tokens, String said) {
  Reply {
    logProbabilities = List.copyOf(logProbabilities);
    tokens = List.copyOf(tokens);
  }

  /// Names the asking it answers.
  String key() {
    return key(column, item, logProbabilities.isEmpty());
  }

  static String key(Column column, String item, boolean free) {
    return column.word() + " " + item + (free ? " free" : "");
  }

  /// The option it takes: the likeliest for its length in characters, as lm-evaluation-harness's
  /// acc_norm has it.
  int chosen(ExamItem question) {
    int best = 0;
    for (int i = 1; i < logProbabilities.size(); i++) {
      if (perCharacter(question, i) > perCharacter(question, best)) {
        best = i;
      }
    }
    return best;
  }

  private double perCharacter(ExamItem question, int option) {
    return logProbabilities.get(option) / question.options().get(option).length();
  }

  /// How surprised it is by the right answer, in nats a token.
  double surprise(ExamItem question) {
    return -logProbabilities.get(question.right()) / Math.max(1, tokens.get(question.right()));
  }
}
