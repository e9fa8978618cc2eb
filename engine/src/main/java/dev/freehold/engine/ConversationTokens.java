package dev.freehold.engine;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.gguf.Metadata;
import dev.freehold.model.template.ChatTemplate;
import dev.freehold.model.text.MarkedText;
import dev.freehold.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/// What a conversation is in tokens, for whoever trains a model: the same template, the same tokens
/// and the same border between prompt and answer as in service. A model that was trained in another
/// form is good in training and useless when served.
///
/// Immutable; safe for use by many threads.
public final class ConversationTokens {

  private final Tokenizer tokenizer;
  private final ConversationTemplates templates;

  private ConversationTokens(Tokenizer tokenizer, ConversationTemplates templates) {
    this.tokenizer = tokenizer;
    this.templates = templates;
  }

  /// Those of a model file.
  public static ConversationTokens read(Metadata metadata) {
    Tokenizer tokenizer = Tokenizer.read(metadata);
    return new ConversationTokens(
        tokenizer,
        ConversationTemplates.read(metadata, tokenizer.vocabulary().templateVariables()));
  }

  /// Tokens, and for each whether the model is to say it.
  ///
  /// @param tokens the text as the model is fed it
  /// @param said as many
  public record Marked(int[] tokens, boolean[] said) {}

  /// A conversation up to the last turn that is learned. Of such a turn all tokens are said, up to
  /// the one that ends it, which is said too.
  ///
  /// @param learned for each message whether it is learned; only an assistant's can be
  /// @throws Unsupported where the model has no template, or one that does not show where an answer
  ///   begins and ends
  public Marked of(Prompt.Conversation conversation, List<Boolean> learned) {
    List<Message> messages = conversation.messages();
    int last = learned.lastIndexOf(true);
    if (last < 0 || learned.size() != messages.size()) {
      throw new InvalidRequest("Nothing of this conversation is learned.", "messages");
    }
    ChatTemplate template = templates.of(conversation.toolUse(), "this model");
    MarkedText whole =
        template.render(conversation.withMessages(messages.subList(0, last + 1)), false);
    Text text = new Text();
    int done = 0;
    for (int i = 0; i <= last; i++) {
      if (!learned.get(i)) {
        continue;
      }
      if (i == 0) {
        throw new InvalidRequest("An answer needs something before it.", "messages");
      }
      String head =
          template.render(conversation.withMessages(messages.subList(0, i)), true).value();
      String end =
          template.render(conversation.withMessages(messages.subList(0, i + 1)), false).value();
      if (!whole.value().startsWith(head) || !whole.value().startsWith(end)) {
        return alone(template, conversation, learned, last);
      }
      text.add(tokenizer.encode(whole.slice(done, head.length())), false);
      text.addAnswer(tokenizer.encode(whole.slice(head.length(), end.length())));
      done = end.length();
    }
    return text.marked();
  }

  // Some templates leave out of earlier turns what was thought, or open a thought where the
  // assistant speaks: then the answer is put behind the prompt as it would come in service.
  private Marked alone(
      ChatTemplate template, Prompt.Conversation conversation, List<Boolean> learned, int last) {
    List<Message> messages = conversation.messages();
    if (learned.indexOf(true) != last
        || !(messages.get(last) instanceof Message.Assistant assistant)
        || !assistant.toolCalls().isEmpty()) {
      throw new Unsupported(
          "Learning several answers of one conversation, or calls of tools, with this model's"
              + " template",
          "one answer in words, at the end");
    }
    Text text = new Text();
    text.add(
        tokenizer.encode(
            template.render(conversation.withMessages(messages.subList(0, last)), true)),
        false);
    text.add(tokenizer.encode(assistant.text()), true);
    tokenizer.vocabulary().endsOfTurn().stream()
        .min(Integer::compare)
        .ifPresent(end -> text.add(new int[] {end}, true));
    return text.marked();
  }

  /// Plain text: a prompt that is only read and a completion that is said.
  public Marked of(String prompt, String completion) {
    Text text = new Text();
    if (!prompt.isEmpty()) {
      text.add(tokenizer.encode(prompt), false);
    }
    text.add(tokenizer.encode(completion), true);
    tokenizer.vocabulary().endOfText().ifPresent(end -> text.add(new int[] {end}, true));
    return text.marked();
  }

  /// Tokens as they come, each said or not.
  private final class Text {
    private final List<Integer> tokens = new ArrayList<>();
    private final List<Boolean> said = new ArrayList<>();

    void add(int[] more, boolean isSaid) {
      for (int token : more) {
        tokens.add(token);
        said.add(isSaid);
      }
    }

    // What the template puts behind the end of a turn is not the model's to say.
    void addAnswer(int[] answer) {
      boolean over = false;
      for (int token : answer) {
        tokens.add(token);
        said.add(!over);
        over |= tokenizer.vocabulary().endsOfTurn().contains(token);
      }
    }

    Marked marked() {
      int[] bare = tokens.stream().mapToInt(Integer::intValue).toArray();
      int[] all = tokenizer.withBeginning(bare);
      int more = all.length - bare.length;
      boolean[] marks = new boolean[all.length];
      for (int i = 0; i < bare.length; i++) {
        marks[i + more] = said.get(i);
      }
      return new Marked(all, marks);
    }
  }
}
