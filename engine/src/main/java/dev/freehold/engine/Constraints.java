package dev.freehold.engine;

import dev.freehold.chat.ResponseFormat;
import dev.freehold.engine.grammar.Automaton;
import dev.freehold.engine.grammar.Constraint;
import dev.freehold.engine.grammar.FormatGrammar;
import dev.freehold.engine.grammar.Grammar;
import dev.freehold.engine.grammar.Lexicon;
import dev.freehold.model.tokenizer.Tokenizer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The forms that answers of one model are held to. The ones used last are kept, with what was
/// found out about them.
///
/// Safe for use by many threads.
final class Constraints {

  private static final int MOST = 16;

  private record Wanted(ResponseFormat format, boolean behindBlank) {}

  private final Tokenizer tokenizer;

  /// Guards what follows.
  private final Object lock = new Object();

  private @Nullable Lexicon lexicon;

  private final Map<Wanted, Automaton> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Wanted, Automaton> eldest) {
          return size() > MOST;
        }
      };

  Constraints(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /// What an answer of a form is held to; empty where it is free.
  ///
  /// @param behindBlank whether a blank before the answer is the tokenizer's
  /// @param tokens how many tokens the answer may have
  /// @throws dev.freehold.chat.InvalidRequest where the form is malformed or not served
  Optional<Constraint> of(ResponseFormat format, boolean behindBlank, int tokens) {
    if (format instanceof ResponseFormat.Free) {
      return Optional.empty();
    }
    var wanted = new Wanted(format, behindBlank);
    Lexicon words;
    Automaton automaton;
    synchronized (lock) {
      if (lexicon == null) {
        lexicon = Lexicon.of(tokenizer);
      }
      words = lexicon;
      automaton = kept.get(wanted);
    }
    if (automaton == null) {
      Grammar grammar = FormatGrammar.of(format).orElseThrow();
      automaton =
          Automaton.of(
              behindBlank ? FormatGrammar.behindBlank(grammar) : grammar,
              words,
              FormatGrammar.field(format));
      synchronized (lock) {
        kept.put(wanted, automaton);
      }
    }
    return Optional.of(new Constraint(automaton, tokens));
  }
}
