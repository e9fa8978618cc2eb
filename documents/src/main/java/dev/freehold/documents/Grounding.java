package dev.freehold.documents;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Principal;
import dev.freehold.chat.Prompt;
import dev.freehold.documents.index.Hit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Puts before a question the passages it can be answered from.
///
/// The passages are those the asker may read, as many as the model's window holds beside the
/// conversation and the answer, counted in the model's own tokens. What stands in them is quoted as
/// data: nothing of this process follows instructions in a document, since a model that was talked
/// into something has no tool, file or address to do it with.
///
/// Safe for use by many threads at once.
public final class Grounding {

  private static final int MOST_PASSAGES = 5;
  private static final int CANDIDATES = 12;
  private static final int UNKNOWN_WINDOW = 4096;

  // More than this makes a person wait for a small machine without making answers better.
  private static final int MOST_PROMPT_TOKENS = 3000;

  // A passage this much weaker than the best one distracts a small model.
  private static final double WEAKEST = 0.5;

  private final Library library;

  /// @param library where the passages come from
  public Grounding(Library library) {
    this.library = library;
  }

  /// Makes the request a model can answer from documents.
  ///
  /// @param principal whose rights decide what is found
  /// @param model for its window and its tokens
  /// @param request a conversation that ends with the question
  /// @param collections where to look; empty: in all that the principal may read
  /// @throws InvalidRequest where the request is no conversation that ends with a person's turn
  /// @throws dev.freehold.chat.NotFound where a collection is unknown or forbidden
  public Grounded ground(
      Principal principal, ChatModel model, ChatRequest request, Set<String> collections) {
    if (!(request.prompt() instanceof Prompt.Conversation conversation)
        || !(conversation.messages().getLast() instanceof Message.User question)) {
      throw new InvalidRequest(
          "Documents can be asked with a conversation that ends with a question.", "messages");
    }
    List<Message> messages = conversation.messages();
    Library.Found found = find(principal, messages, question.text(), collections);
    Instructions instructions = Instructions.in(library.language(question.text()).orElse("en"));
    List<Passage> relevant = relevant(found);
    if (relevant.isEmpty()) {
      return library.unread(found.readable())
          ? new Grounded(request, Grounded.State.DOCUMENTS_UNREAD, List.of(), instructions.unread())
          : new Grounded(request, Grounded.State.NOTHING_FOUND, List.of(), instructions.nothing());
    }
    int room = room(model, request);
    var fitted = new Fitted(model, request, conversation, instructions, room);
    return fitted.with(relevant);
  }

  /// A question with passages before it, in the very words in which [#ground] puts it to a model;
  /// what a model is taught with is what it is asked with.
  ///
  /// @param language ISO 639-1, of the question
  /// @param passages in the order they get their numbers in, from 1
  public static List<Message> asked(String language, List<Passage> passages, String question) {
    Instructions instructions = Instructions.in(language);
    List<Passage> numbered = new ArrayList<>();
    for (Passage passage : passages) {
      numbered.add(passage.numbered(numbered.size() + 1));
    }
    return List.of(
        new Message.System(instructions.role()),
        new Message.User(Fitted.turn(instructions, numbered, question)));
  }

  /// What a person is told where nothing was found.
  ///
  /// @param language ISO 639-1
  public static String nothingFound(String language) {
    return Instructions.in(language).nothing();
  }

  private static int room(ChatModel model, ChatRequest request) {
    int window = model.card().contextLength() > 0 ? model.card().contextLength() : UNKNOWN_WINDOW;
    int answer = Math.min(request.maxTokens().orElse(Math.min(512, window / 4)), window / 2);
    return Math.min(window - answer, MOST_PROMPT_TOKENS);
  }

  // A follow-up such as "and for managers?" finds nothing by itself: it is asked once alone and
  // once
  // with the question before it.
  private Library.Found find(
      Principal principal, List<Message> messages, String question, Set<String> collections) {
    Library.Found alone = library.find(principal, question, collections, CANDIDATES);
    String before = "";
    for (Message message : messages.subList(0, messages.size() - 1)) {
      if (message instanceof Message.User user) {
        before = user.text();
      }
    }
    if (before.isBlank()) {
      return alone;
    }
    Library.Found joined =
        library.find(principal, before + "\n" + question, collections, CANDIDATES);
    Map<String, Hit> hits = new HashMap<>(alone.hits());
    joined
        .hits()
        .forEach((id, hit) ->
            hits.merge(
                id,
                new Hit(id, hit.score() * 0.9, hit.cosine(), hit.coverage()),
                (a, b) -> a.score() >= b.score() ? a : b));
    Map<String, Passage> passages = new HashMap<>();
    alone.passages().forEach(passage -> passages.put(passage.id(), passage));
    joined.passages().forEach(passage -> passages.putIfAbsent(passage.id(), passage));
    List<Passage> ordered =
        hits.values().stream()
            .sorted(Comparator.comparingDouble(Hit::score).reversed().thenComparing(Hit::passage))
            .filter(hit -> passages.containsKey(hit.passage()))
            .map(hit -> passages.get(hit.passage()))
            .toList();
    return new Library.Found(alone.readable(), ordered, hits);
  }

  private static List<Passage> relevant(Library.Found found) {
    if (found.passages().isEmpty()
        || found.passages().stream()
            .map(passage -> found.hits().get(passage.id()))
            .noneMatch(Relevance::relevant)) {
      return List.of();
    }
    double best = found.passages().getFirst().score();
    return found.passages().stream()
        .filter(passage -> passage.score() >= best * WEAKEST)
        .limit(MOST_PASSAGES)
        .toList();
  }
}
