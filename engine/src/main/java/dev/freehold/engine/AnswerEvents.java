package dev.freehold.engine;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.Prompt;
import dev.freehold.model.answer.AnswerFormat;
import dev.freehold.model.answer.AnswerReader;
import dev.freehold.model.answer.AnswerSink;
import dev.freehold.model.tokenizer.Tokenizer;
import dev.freehold.model.tokenizer.Utf8Decoder;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Turns the tokens of one answer into events: words said, thoughts, calls of tools. Stop strings
/// are looked for in what is said. Not thread-safe.
final class AnswerEvents implements AnswerSink {

  private final Tokenizer tokenizer;
  private final Consumer<ChatEvent> out;
  private final Utf8Decoder decoder = new Utf8Decoder();
  private final AnswerText text;
  private final @Nullable AnswerReader reader;
  private final boolean parallel;
  private boolean trimSpace;
  private boolean stopped;
  private long decoded;
  private int calls;
  private int reasoningTokens;

  /// @param prompt the end of what the model was given
  /// @param trimSpace whether a blank at the beginning is the tokenizer's and not the answer's
  AnswerEvents(
      Prompt asked,
      List<String> stops,
      AnswerFormat format,
      Tokenizer tokenizer,
      String prompt,
      boolean trimSpace,
      Consumer<ChatEvent> out) {
    this.tokenizer = tokenizer;
    this.out = out;
    this.trimSpace = trimSpace;
    this.text = new AnswerText(stops);
    switch (asked) {
      case Prompt.Text _ -> {
        reader = null;
        parallel = true;
      }
      case Prompt.Conversation conversation -> {
        var tools = conversation.toolUse().shown();
        reader =
            format.plain(!tools.isEmpty())
                ? null
                : format.reader(tools, tokenizer.vocabulary()::isControl, prompt, this);
        parallel = conversation.toolUse().parallel();
      }
    }
  }

  /// From here on a call is one only where nothing was said before it.
  void callsFirst() {
    if (reader != null) {
      reader.callsFirst();
    }
  }

  /// Adds a token.
  ///
  /// @return whether the answer ends here: by a stop string, or because one call was all it may
  ///   make
  boolean append(int token, ChatEvent.@Nullable TokenLogprob logprob) {
    boolean thought = reader != null && reader.thinking();
    String piece = piece(token);
    decoded += piece.length();
    if (logprob != null) {
      text.scored(logprob, decoded);
    }
    if (reader == null) {
      text(piece);
    } else {
      if (!piece.isEmpty()) {
        reader.text(piece);
      }
      if (tokenizer.vocabulary().isControl(token)) {
        reader.control(tokenizer.vocabulary().text(token));
      }
      if (thought || reader.thinking()) {
        reasoningTokens++;
      }
    }
    tell();
    return stopped || (!parallel && reader != null && reader.callsEnded() > 0);
  }

  private String piece(int token) {
    String piece = decoder.append(tokenizer.bytes(token));
    if (trimSpace && !piece.isEmpty()) {
      trimSpace = false;
      return piece.startsWith(" ") ? piece.substring(1) : piece;
    }
    return piece;
  }

  /// The answer is complete: what was held back is told.
  void end() {
    String rest = decoder.end();
    decoded += rest.length();
    if (reader == null) {
      text(rest);
    } else {
      reader.text(rest);
      reader.end();
    }
    text.end();
    tell();
  }

  /// Tokens that were thought.
  int reasoningTokens() {
    return reasoningTokens;
  }

  /// Whether the model waits for the result of a call.
  boolean called() {
    return reader != null && reader.callsEnded() > 0;
  }

  private void tell() {
    ChatEvent.Text piece = text.take();
    if (piece != null) {
      out.accept(piece);
    }
  }

  private long position() {
    return reader == null ? decoded : Math.min(decoded, reader.position());
  }

  private boolean silent() {
    // After a stop string nothing is told, and after the one call that was allowed neither.
    return stopped || (!parallel && reader != null && reader.callsEnded() > 0);
  }

  @Override
  public void text(String piece) {
    if (!silent() && !piece.isEmpty()) {
      stopped = text.append(piece, position());
    }
  }

  @Override
  public void reasoning(String piece) {
    if (!silent()) {
      tell();
      text.unsaid(position());
      out.accept(new ChatEvent.Reasoning(piece));
    }
  }

  @Override
  public void callBegun(String name) {
    if (!silent()) {
      // Words before a call cannot be the beginning of a stop string that ends after it.
      text.end();
      tell();
      text.unsaid(position());
      String id = UUID.randomUUID().toString().replace("-", "").substring(0, 24);
      out.accept(new ChatEvent.ToolCallBegun(calls++, "call_" + id, name));
    }
  }

  @Override
  public void arguments(String piece) {
    if (!silent()) {
      text.unsaid(position());
      out.accept(new ChatEvent.ToolCallArguments(calls - 1, piece));
    }
  }

  @Override
  public void callEnded() {}
}
