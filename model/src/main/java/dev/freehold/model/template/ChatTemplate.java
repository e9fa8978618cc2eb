package dev.freehold.model.template;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.ReasoningEffort;
import dev.freehold.chat.Tool;
import dev.freehold.chat.ToolUse;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.text.MarkedText;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The chat template of a model file: Jinja2 as transformers configures it (`trim_blocks`,
/// `lstrip_blocks`, loop controls, an immutable sandbox), parsed once.
///
/// A template comes from a stranger. It reaches nothing but the values it is given, and [Limits]
/// end it. What messages and tools say stays marked as quoted in the result, so that only the
/// template's own text becomes control tokens. Immutable and safe for use by many threads.
public final class ChatTemplate {

  private static final CallForm USUAL = new CallForm(false, false, true, false);

  /// Variables that a caller cannot set beside the conversation.
  private static final Set<String> OURS =
      Set.of("messages", "tools", "add_generation_prompt", "strftime_now", "raise_exception");

  private static final List<String> THINKING = List.of("enable_thinking", "thinking");

  private final String source;
  private final StatementParser.Parsed parsed;
  private final Map<String, String> specialTokens;
  private final Clock clock;
  private final Optional<CallForm> callForm;

  private ChatTemplate(
      String source,
      StatementParser.Parsed parsed,
      Map<String, String> specialTokens,
      Clock clock) {
    this.source = source;
    this.parsed = parsed;
    this.specialTokens = specialTokens;
    this.clock = clock;
    this.callForm =
        source.contains("tool_calls")
            ? new Probe(
                    (messages, form) -> {
                      Map<String, Value> variables = variables(messages, form, true);
                      // Some templates are only for conversations with tools.
                      variables.put("tools", Turns.tools(List.of(Probe.TOOL)));
                      return run(variables, Limits.PROBE).value();
                    })
                .form()
            : Optional.empty();
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
          source, StatementParser.parsed(source), Map.copyOf(specialTokens), clock);
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

  /// Whether the template tells the model of tools.
  public boolean takesTools() {
    return parsed.names().contains("tools") && callForm.isPresent();
  }

  /// Whether a request can say that the model should not think.
  public boolean thinkingCanBeSwitched() {
    return THINKING.stream().anyMatch(parsed.names()::contains);
  }

  /// The conversation as the model was taught to read it.
  ///
  /// @param messages in order
  /// @param addGenerationPrompt whether to end where the assistant begins to speak
  /// @throws InvalidRequest where the template refuses these messages
  /// @throws Unsupported where the template fails or exceeds its limits, naming the line
  public MarkedText render(List<Message> messages, boolean addGenerationPrompt) {
    return render(messages, addGenerationPrompt, limits(messages, ToolUse.NONE));
  }

  /// The same within given limits.
  public MarkedText render(List<Message> messages, boolean addGenerationPrompt, Limits limits) {
    return render(variables(messages, callForm(messages), addGenerationPrompt), limits);
  }

  /// The conversation with its tools, its effort and its further variables.
  ///
  /// @param addGenerationPrompt whether to end where the assistant begins to speak
  /// @throws InvalidRequest where the template refuses these messages, or takes no tools, no such
  ///   effort or no such variable
  /// @throws Unsupported where the template fails or exceeds its limits, naming the line
  public MarkedText render(Prompt.Conversation conversation, boolean addGenerationPrompt) {
    List<Message> messages = conversation.messages();
    Map<String, Value> variables = variables(messages, callForm(messages), addGenerationPrompt);
    List<Tool> tools = conversation.toolUse().shown();
    if (!tools.isEmpty()) {
      if (!takesTools()) {
        throw new InvalidRequest(
            "This model was not taught to call tools: its chat template has no place for them.",
            "tools");
      }
      variables.put("tools", Turns.tools(tools));
    }
    conversation.effort().ifPresent(effort -> effort(effort, variables));
    conversation.templateVariables().forEach((name, json) -> variable(name, json, variables));
    return render(variables, limits(messages, conversation.toolUse()));
  }

  private CallForm callForm(List<Message> messages) {
    boolean calls =
        messages.stream()
            .anyMatch(message ->
                message instanceof Message.Assistant assistant && !assistant.toolCalls().isEmpty());
    if (calls && callForm.isEmpty()) {
      throw new InvalidRequest(
          "This model was not taught to call tools: its chat template shows no tool_calls.",
          "messages");
    }
    return callForm.orElse(USUAL);
  }

  private void effort(ReasoningEffort effort, Map<String, Value> variables) {
    boolean none = effort == ReasoningEffort.NONE;
    boolean switched = false;
    for (String name : THINKING) {
      if (parsed.names().contains(name)) {
        variables.put(name, Value.Bool.of(!none));
        switched = true;
      }
    }
    if (parsed.names().contains("reasoning_effort") && !(none && switched)) {
      requireStep(effort);
      variables.put("reasoning_effort", Value.Str.of(effort.word()));
      return;
    }
    // Where thinking is only on or off, on is the usual; without any, off is.
    boolean honoured =
        switched ? none || effort == ReasoningEffort.MEDIUM : none && !source.contains("</think>");
    if (!honoured) {
      throw new InvalidRequest(
          switched
              ? "This model thinks or does not: reasoning_effort is none or medium."
              : "How much this model thinks cannot be set; leave reasoning_effort out.",
          "reasoning_effort");
    }
  }

  /// A template with steps knows low, medium and high, and others where it speaks of them.
  private void requireStep(ReasoningEffort effort) {
    boolean usual =
        switch (effort) {
          case LOW, MEDIUM, HIGH -> true;
          case NONE, MINIMAL, XHIGH -> false;
        };
    String word = effort.word();
    if (!usual && !source.contains("'" + word + "'") && !source.contains('"' + word + '"')) {
      throw new InvalidRequest(
          "This model's steps of thinking are low, medium and high; it knows no %s."
              .formatted(word),
          "reasoning_effort");
    }
  }

  private void variable(String name, String json, Map<String, Value> variables) {
    String field = "chat_template_kwargs." + name;
    if (OURS.contains(name) || specialTokens.containsKey(name) || !parsed.names().contains(name)) {
      throw new InvalidRequest("The model's chat template has no such variable to be set.", field);
    }
    variables.put(
        name,
        JsonValues.read(json)
            .orElseThrow(() -> new InvalidRequest("%s is no JSON.".formatted(field), field)));
  }

  private static Limits limits(List<Message> messages, ToolUse toolUse) {
    long characters = 0;
    for (Message message : messages) {
      characters += message.text().length();
      if (message instanceof Message.Assistant assistant) {
        characters += assistant.reasoning().length();
        for (var call : assistant.toolCalls()) {
          characters += call.name().length() + call.arguments().length();
        }
      }
    }
    for (Tool tool : toolUse.shown()) {
      characters += tool.description().length() + tool.parameters().length();
    }
    return Limits.forInput(characters, messages.size() + toolUse.tools().size());
  }

  private Map<String, Value> variables(
      List<Message> messages, CallForm form, boolean addGenerationPrompt) {
    Map<String, Value> variables = new HashMap<>();
    specialTokens.forEach((name, token) -> variables.put(name, Value.Str.of(token)));
    variables.put("messages", new Turns(form, source).messages(messages));
    variables.put("add_generation_prompt", Value.Bool.of(addGenerationPrompt));
    variables.put("tools", Value.None.NONE);
    variables.put("documents", Value.None.NONE);
    // One moment for the whole rendering.
    ZonedDateTime now = ZonedDateTime.now(clock);
    variables.put("strftime_now", Functions.strftimeNow(() -> now));
    return variables;
  }

  private MarkedText run(Map<String, Value> variables, Limits limits) {
    return Interpreter.run(parsed.statements(), variables, limits);
  }

  private MarkedText render(Map<String, Value> variables, Limits limits) {
    try {
      return run(variables, limits);
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
