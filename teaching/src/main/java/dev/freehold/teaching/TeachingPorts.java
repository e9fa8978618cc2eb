package dev.freehold.teaching;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.Principal;
import dev.freehold.chat.SealedTexts;
import dev.freehold.database.Database;
import dev.freehold.documents.Library;
import dev.freehold.teaching.exam.ExamSettings;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// What teaching works with. It closes none of them.
///
/// @param database where jobs are kept
/// @param library the documents that are taught
/// @param models the models as they are served
/// @param shelf where adapters are put so that they are served
/// @param trainers who can train, by name; the one without a name is the usual one
/// @param sealed what must not be taught
/// @param exchanges what workloads captured
/// @param people who somebody is now, with today's groups, by id; empty where they are gone
/// @param grounder gives models passages to read
/// @param exam how much is asked in an exam
public record TeachingPorts(
    Database database,
    Library library,
    ChatModels models,
    AdapterShelf shelf,
    Map<String, Trainer> trainers,
    SealedTexts sealed,
    CapturedExchanges exchanges,
    Function<String, Optional<Principal>> people,
    Grounder grounder,
    ExamSettings exam) {

  /// The name of a trainer that is configured in place of the usual one.
  public static final String EXTERNAL = "external";

  public TeachingPorts {
    trainers = Map.copyOf(trainers);
  }

  /// Gives a model the passages that a person may read.
  @FunctionalInterface
  public interface Grounder {

    /// The same model, which is always given passages of these collections.
    ChatModel ground(ChatModel model, Principal principal, Set<String> collections);
  }
}
