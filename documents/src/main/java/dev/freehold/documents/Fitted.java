package dev.freehold.documents;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import java.util.ArrayList;
import java.util.List;

/// A conversation with passages before its last question, cut to what a model's window holds.
///
/// Where room is short the earliest turns go first, then the weakest passages, and at the very end
/// the best passage is shortened; the question itself is never cut.
final class Fitted {

  private final ChatModel model;
  private final ChatRequest request;
  private final Instructions instructions;
  private final int room;
  private final Prompt.Conversation conversation;
  private final List<Message> before;
  private final String question;

  /// @param conversation ends with the question
  /// @param room most tokens of the prompt
  Fitted(
      ChatModel model,
      ChatRequest request,
      Prompt.Conversation conversation,
      Instructions instructions,
      int room) {
    this.model = model;
    this.request = request;
    this.instructions = instructions;
    this.room = room;
    this.conversation = conversation;
    List<Message> messages = conversation.messages();
    this.before = new ArrayList<>(messages.subList(0, messages.size() - 1));
    this.question = messages.getLast().text();
  }

  Grounded with(List<Passage> relevant) {
    Passage first = relevant.getFirst().numbered(1);
    while (!fits(List.of(first)) && forgetEarliest()) {}
    while (!fits(List.of(first)) && first.text().length() > 200) {
      first = shortened(first);
    }
    List<Passage> chosen = new ArrayList<>(List.of(first));
    for (Passage passage : relevant.subList(1, relevant.size())) {
      chosen.add(passage.numbered(chosen.size() + 1));
      if (!fits(chosen)) {
        chosen.removeLast();
        break;
      }
    }
    return new Grounded(request.withPrompt(prompt(chosen)), Grounded.State.GROUNDED, chosen, "");
  }

  private static Passage shortened(Passage passage) {
    String text = passage.text();
    int end = text.lastIndexOf(' ', text.length() * 2 / 3);
    return new Passage(
        passage.id(),
        passage.number(),
        passage.document(),
        passage.documentName(),
        passage.collection(),
        passage.page(),
        passage.heading(),
        text.substring(0, end > 0 ? end : text.length() * 2 / 3) + " …",
        passage.score(),
        passage.firstBlock(),
        passage.lastBlock());
  }

  private boolean fits(List<Passage> passages) {
    return model.countTokens(prompt(passages)) <= room;
  }

  private boolean forgetEarliest() {
    for (int i = 0; i < before.size(); i++) {
      if (!(before.get(i) instanceof Message.System)) {
        before.remove(i);
        // An answer without its question would open the conversation, or a result without its call.
        while (i < before.size()
            && (before.get(i) instanceof Message.Assistant
                || before.get(i) instanceof Message.Tool)) {
          before.remove(i);
        }
        return true;
      }
    }
    return false;
  }

  private Prompt prompt(List<Passage> passages) {
    List<Message> messages = new ArrayList<>();
    if (before.isEmpty() || !(before.getFirst() instanceof Message.System)) {
      messages.add(new Message.System(instructions.role()));
    }
    messages.addAll(before);
    messages.add(new Message.User(turn(instructions, passages, question)));
    return conversation.withMessages(messages);
  }

  /// What a person's turn becomes: the passages by their numbers, the question, the task.
  static String turn(Instructions instructions, List<Passage> passages, String question) {
    var turn = new StringBuilder(instructions.passages()).append("\n\n");
    for (Passage passage : passages) {
      turn.append('[').append(passage.number()).append("] ");
      turn.append(quoted(place(instructions, passage)));
      turn.append('\n').append(quoted(passage.text())).append("\n\n");
    }
    turn.append(instructions.question()).append(' ').append(question).append("\n\n");
    return turn.append(instructions.task()).toString();
  }

  private static String place(Instructions instructions, Passage passage) {
    var place = new StringBuilder(passage.documentName());
    if (passage.heading() != null) {
      place.append(" › ").append(passage.heading());
    }
    if (passage.page() != null) {
      place.append(", ").append(instructions.page()).append(' ').append(passage.page());
    }
    return place.toString();
  }

  // Marks of our own prompt and of chat templates lose their meaning inside a document: a number in
  // brackets would pass for a citation, a template's mark for the end of the turn.
  private static String quoted(String text) {
    return text.replaceAll("\\[(\\d{1,3}(?:\\s*[,;]\\s*\\d{1,3})*)]", "($1)")
        .replace("<|", "< |")
        .replace("|>", "| >")
        .replaceAll("(?i)\\[(/?)INST]", "($1INST)")
        .replaceAll("</?s>", "");
  }
}
