package dev.freehold.engine.grammar;

import static dev.freehold.engine.grammar.Expression.atLeast;
import static dev.freehold.engine.grammar.Expression.choice;
import static dev.freehold.engine.grammar.Expression.optional;
import static dev.freehold.engine.grammar.Expression.sequence;
import static dev.freehold.engine.grammar.Expression.text;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.ResponseFormat;
import dev.freehold.chat.Tool;
import dev.freehold.chat.ToolChoice;
import dev.freehold.chat.ToolUse;
import dev.freehold.engine.grammar.Expression.Control;
import dev.freehold.engine.grammar.Expression.Rule;
import dev.freehold.model.answer.AnswerFormat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// The grammar of whole answers: thoughts, which are free, and then calls, words or a form, as the
/// model's template has them.
///
/// Calls are held where the request says that there must be some, where a tool is strict, and where
/// words must have a form; otherwise nothing is. A tool that is not strict is held to its schema
/// too, as far as it is one that can be.
public final class AnswerGrammar {

  private static final Expression GAP =
      Expression.times(0, 4, new Expression.Characters(CodePoints.anyOf(" \n")));

  private static final String SAID = "what is said";
  private static final String THOUGHT = "what is thought";
  private static final String FORM = "the form";

  /// What is asked for.
  ///
  /// @param format how the model answers
  /// @param thinking whether the prompt has begun its thinking
  /// @param tools what it may call
  /// @param form what its words must be like
  /// @param behindBlank whether a blank before the answer is the tokenizer's
  public record Wanted(
      AnswerFormat format,
      boolean thinking,
      ToolUse tools,
      ResponseFormat form,
      boolean behindBlank) {

    /// Whether calls, if any, are held.
    boolean calls() {
      boolean must =
          switch (tools.choice()) {
            case ToolChoice.None _ -> false;
            case ToolChoice.Required _, ToolChoice.Named _, ToolChoice.Allowed _ -> true;
            case ToolChoice.Auto _ -> hasForm() || tools.tools().stream().anyMatch(Tool::strict);
          };
      return must && !tools.shown().isEmpty();
    }

    /// Whether there must be a call.
    boolean mustCall() {
      return tools.required();
    }

    boolean hasForm() {
      return !(form instanceof ResponseFormat.Free);
    }

    /// Whether the answer is held to anything.
    public boolean held() {
      return calls() || hasForm();
    }

    boolean several() {
      return tools.parallel() && !(tools.choice() instanceof ToolChoice.Named);
    }

    List<Tool> callable() {
      return tools.callable();
    }

    /// The field of the request that asks for most, for errors.
    public String field() {
      return calls() ? "tools" : FormatGrammar.field(form);
    }
  }

  private final Wanted wanted;
  private final Predicate<String> controls;
  private final Map<String, Expression> rules = new HashMap<>();
  private final CallGrammar calls;

  private AnswerGrammar(Wanted wanted, Predicate<String> controls, boolean loose) {
    this.wanted = wanted;
    this.controls = controls;
    this.calls =
        new CallGrammar(wanted.format().calls(), controls, wanted.callable(), loose, rules);
  }

  /// The automaton of what is wanted; empty where nothing is held.
  ///
  /// @throws InvalidRequest where a schema or a form is malformed, too large or not served
  public static Optional<Automaton> of(Wanted wanted, Lexicon lexicon) {
    if (!wanted.held()) {
      return Optional.empty();
    }
    boolean strict = wanted.callable().stream().allMatch(Tool::strict);
    try {
      return Optional.of(automaton(wanted, lexicon, false));
    } catch (InvalidRequest e) {
      if (strict || !wanted.calls()) {
        throw e;
      }
      // A schema that cannot be kept to the letter need not be, unless it is strict.
      return Optional.of(automaton(wanted, lexicon, true));
    }
  }

  private static Automaton automaton(Wanted wanted, Lexicon lexicon, boolean loose) {
    Grammar grammar = new AnswerGrammar(wanted, lexicon.controls()::containsKey, loose).grammar();
    return Automaton.of(grammar, lexicon, wanted.field());
  }

  private Grammar grammar() {
    if (wanted.hasForm()) {
      Grammar form = FormatGrammar.of(wanted.form()).orElseThrow();
      rules.putAll(form.rules());
      rules.put(FORM, new Rule(form.root()));
    }
    Expression answer;
    try {
      answer = wanted.format().calls() == AnswerFormat.Calls.HARMONY ? harmony() : thinking();
    } catch (InvalidRequest e) {
      throw wanted.calls() ? new InvalidRequest(e.getMessage(), "tools") : e;
    }
    rules.put("the answer", answer);
    return new Grammar(rules, "the answer");
  }

  private Expression thinking() {
    AnswerFormat.Thinking thinking = wanted.format().thinking();
    if (thinking.open().isEmpty()) {
      return answer(false, List.of());
    }
    Expression thought = until(thinking.close());
    if (wanted.thinking()) {
      return sequence(thought, GAP, answer(true, List.of()));
    }
    Expression thinks = sequence(text(thinking.title()), thought, GAP, answer(true, List.of()));
    boolean free = wanted.calls() && !wanted.mustCall() && !wanted.hasForm();
    if (free) {
      return answer(false, List.of(mark(thinking.open(), thinks).atFirst()));
    }
    return choice(sequence(calls.marker(thinking.open()), thinks), answer(false, List.of()));
  }

  private FreeText.Mark mark(String marker, Expression then) {
    return controls.test(marker)
        ? FreeText.Mark.control(marker, then)
        : FreeText.Mark.text(marker, then);
  }

  private Expression until(String marker) {
    return FreeText.until(THOUGHT, List.of(mark(marker, Expression.EMPTY)), false, rules);
  }

  /// What follows thinking.
  ///
  /// @param after whether something was thought before, so that no blank is the tokenizer's
  /// @param marks what else ends free words
  private Expression answer(boolean after, List<FreeText.Mark> marks) {
    if (!wanted.calls()) {
      return form(after);
    }
    List<CallGrammar.Opening> openings = calls.openings(wanted.several());
    if (!wanted.mustCall() && !wanted.hasForm()) {
      return words(after ? "%s after thinking".formatted(SAID) : SAID, openings, marks);
    }
    Expression called = called(openings);
    Expression blank = wanted.behindBlank() && !after ? optional(text(" ")) : Expression.EMPTY;
    return wanted.mustCall()
        ? sequence(blank, called)
        : choice(sequence(blank, called), form(after));
  }

  private Expression form(boolean after) {
    Expression form = new Rule(FORM);
    return wanted.behindBlank() && !after ? sequence(text(" "), form) : form;
  }

  /// One call or several and nothing else.
  private Expression called(List<CallGrammar.Opening> openings) {
    CallGrammar.Opening usual = openings.getFirst();
    Expression call = sequence(calls.marker(usual.marker()), usual.body());
    Expression between = calls.between();
    if (between == null || !wanted.several()) {
      return call;
    }
    rules.put("a call", call);
    return sequence(new Rule("a call"), atLeast(0, sequence(between, new Rule("a call"))));
  }

  /// Words that are free, and calls that are not, once one begins.
  private Expression words(
      String name, List<CallGrammar.Opening> openings, List<FreeText.Mark> others) {
    String later = name + " later";
    List<FreeText.Mark> marks = new ArrayList<>();
    for (CallGrammar.Opening opening : openings) {
      Expression then = calls.last() ? opening.body() : sequence(opening.body(), new Rule(later));
      if (opening.first()) {
        Expression other = sequence(calls.otherObject(), new Rule(later));
        marks.add(mark(opening.marker(), choice(then, other)).atFirst());
      } else {
        marks.add(mark(opening.marker(), then));
      }
    }
    List<FreeText.Mark> always = marks.stream().filter(mark -> !mark.first()).toList();
    FreeText.until(later, always, true, rules);
    marks.addAll(others);
    return FreeText.until(name, marks, true, rules);
  }

  /// OpenAI's harmony: a row of messages, each with its header.
  private Expression harmony() {
    for (String marker : List.of("<|channel|>", "<|message|>", "<|start|>", "<|end|>")) {
      if (!controls.test(marker)) {
        throw new InvalidRequest(
            "This model's answers cannot be held to a form: its vocabulary lacks the token %s."
                .formatted(marker),
            wanted.field());
      }
    }
    Expression message = new Control("<|message|>");
    Expression next = sequence(new Control("<|start|>"), text("assistant"), new Rule("a message"));
    Expression thought = sequence(message, until("<|end|>"), next);
    List<Expression> channels = new ArrayList<>();
    channels.add(sequence(text("analysis"), thought));
    List<Expression> messages = new ArrayList<>();
    if (wanted.calls()) {
      Expression json =
          controls.test("<|constrain|>")
              ? optional(sequence(text(" "), new Control("<|constrain|>"), text("json")))
              : Expression.EMPTY;
      Expression functions =
          calls.oneOf(tool -> sequence(text(tool.name()), json, message, calls.arguments(tool)));
      channels.add(sequence(text("commentary to=functions."), functions));
      Expression channel = sequence(new Control("<|channel|>"), text("commentary"), json, message);
      messages.add(
          sequence(
              text(" to=functions."),
              calls.oneOf(tool -> sequence(text(tool.name()), channel, calls.arguments(tool)))));
    }
    if (!wanted.mustCall() || !wanted.calls()) {
      Expression said =
          wanted.hasForm() ? new Rule(FORM) : atLeast(0, new Expression.Characters(CodePoints.ALL));
      channels.add(sequence(text("final"), message, said));
      if (!wanted.hasForm()) {
        channels.add(sequence(text("commentary"), thought));
      }
    }
    messages.addFirst(sequence(new Control("<|channel|>"), new Expression.Choice(channels)));
    rules.put("a message", new Expression.Choice(messages));
    return new Rule("a message");
  }
}
