package dev.freehold.model.template;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.text.MarkedText;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The chat template of a model file: Jinja2 as transformers configures it (`trim_blocks`,
/// `lstrip_blocks`, loop controls, an immutable sandbox), parsed once.
///
/// A template comes from a stranger. It reaches nothing but the values it is given, and [Limits]
/// end it. What messages say stays marked as quoted in the result, so that only the template's own
/// text becomes control tokens. Immutable and safe for use by many threads.
public final class ChatTemplate {

  private final String source;
  private final List<Statement> statements;
  private final Map<String, String> specialTokens;
  private final Clock clock;

  private ChatTemplate(
      String source, List<Statement> statements, Map<String, String> specialTokens, Clock clock) {
    this.source = source;
    this.statements = statements;
    this.specialTokens = specialTokens;
    this.clock = clock;
  }

  /// Parses a template.
  ///
  /// @param source the template's text
  /// @param specialTokens what templates call `bos_token`, `eos_token` and so on
  /// @param clock what `strftime_now` reads
  /// @throws Unsupported where it uses what is not served or is not well formed, naming the line
  public static ChatTemplate parse(String source, Map<String, String> specialTokens, Clock clock) {
    try {
      return new ChatTemplate(
          source, StatementParser.parse(source), Map.copyOf(specialTokens), clock);
    } catch (TemplateFailure failure) {
      throw new Unsupported(
          "The model's chat template at line %d (%s)"
              .formatted(failure.line(), failure.getMessage()),
          "Jinja2 as chat templates use it; a raw prompt works without a template");
    }
  }

  /// The template's text.
  public String source() {
    return source;
  }

  /// The conversation as the model was taught to read it.
  ///
  /// @param messages in order
  /// @param addGenerationPrompt whether to end where the assistant begins to speak
  /// @throws InvalidRequest where the template refuses these messages
  /// @throws Unsupported where the template fails or exceeds its limits, naming the line
  public MarkedText render(List<Message> messages, boolean addGenerationPrompt) {
    long characters = 0;
    for (Message message : messages) {
      characters += message.text().length();
    }
    return render(messages, addGenerationPrompt, Limits.forInput(characters, messages.size()));
  }

  /// The same within given limits.
  public MarkedText render(List<Message> messages, boolean addGenerationPrompt, Limits limits) {
    Map<String, Value> variables = new HashMap<>();
    specialTokens.forEach((name, token) -> variables.put(name, Value.Str.of(token)));
    List<Value> turns = new ArrayList<>();
    for (Message message : messages) {
      Map<String, Value> turn = new java.util.LinkedHashMap<>();
      turn.put("role", Value.Str.of(message.role()));
      turn.put("content", new Value.Str(MarkedText.quoted(message.text())));
      turns.add(Value.Dict.of(turn));
    }
    variables.put("messages", Value.Seq.list(turns));
    variables.put("add_generation_prompt", Value.Bool.of(addGenerationPrompt));
    variables.put("tools", Value.None.NONE);
    variables.put("documents", Value.None.NONE);
    // One moment for the whole rendering.
    ZonedDateTime now = ZonedDateTime.now(clock);
    variables.put("strftime_now", Functions.strftimeNow(() -> now));
    try {
      return Interpreter.run(statements, variables, limits);
    } catch (TemplateFailure failure) {
      String message = String.valueOf(failure.getMessage());
      if (failure.kind() == TemplateFailure.Kind.RAISED) {
        throw new InvalidRequest(
            "The model's chat template refuses these messages: %s".formatted(message), "messages");
      }
      throw new Unsupported(
          "What the model's chat template does at line %d (%s)".formatted(failure.line(), message),
          "Jinja2 as chat templates use it, within limits on steps and output");
    }
  }
}
