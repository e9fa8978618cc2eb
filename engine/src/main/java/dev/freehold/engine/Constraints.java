package dev.freehold.engine;

import dev.freehold.engine.grammar.AnswerGrammar;
import dev.freehold.engine.grammar.Automaton;
import dev.freehold.engine.grammar.Constraint;
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

  private final Tokenizer tokenizer;

  /// Guards what follows.
  private final Object lock = new Object();

  private @Nullable Lexicon lexicon;

  private final Map<AnswerGrammar.Wanted, Automaton> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<AnswerGrammar.Wanted, Automaton> eldest) {
          return size() > MOST;
        }
      };

  Constraints(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /// What an answer is held to; empty where it is free.
  ///
  /// @param tokens how many tokens the answer may have
  /// @throws dev.freehold.chat.InvalidRequest where a form or a schema is malformed or not served
  Optional<Constraint> of(AnswerGrammar.Wanted wanted, int tokens) {
    if (!wanted.held()) {
      return Optional.empty();
    }
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
      automaton = AnswerGrammar.of(wanted, words).orElseThrow();
      synchronized (lock) {
        kept.put(wanted, automaton);
      }
    }
    return Optional.of(new Constraint(automaton, tokens));
  }
}
