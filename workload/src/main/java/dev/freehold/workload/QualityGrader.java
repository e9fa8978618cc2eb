package dev.freehold.workload;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import java.util.List;

/// Grades a candidate's answer against the incumbent's to the same request.
///
/// Implementations are safe for use by many threads at once.
public interface QualityGrader {

  /// Settles what a workload asks for: refuses a grader that is none, and pins the judge.
  ///
  /// @throws InvalidRequest naming what is wrong
  Quality settle(Quality wanted, Asking asking, ChatModels models);

  /// A score from 0 to 1.
  ///
  /// @throws FreeholdException where these two cannot be compared now
  double score(Quality quality, Pair pair, Asking asking, ChatModels models);

  /// Two answers to one request.
  ///
  /// @param messages what was asked
  /// @param incumbent the incumbent's answer
  /// @param candidate the candidate's answer
  /// @param candidateModel whose answer that is
  record Pair(List<Message> messages, String incumbent, String candidate, String candidateModel) {
    public Pair {
      messages = List.copyOf(messages);
    }
  }

  /// Where quality cannot be watched: says so to whoever asks for it.
  QualityGrader NONE =
      new QualityGrader() {
        @Override
        public Quality settle(Quality wanted, Asking asking, ChatModels models) {
          if (wanted.watched()) {
            throw new InvalidRequest("Quality cannot be watched here.", "quality.grader");
          }
          return wanted;
        }

        @Override
        public double score(Quality quality, Pair pair, Asking asking, ChatModels models) {
          throw new InvalidRequest("Quality cannot be watched here.", "quality.grader");
        }
      };
}
