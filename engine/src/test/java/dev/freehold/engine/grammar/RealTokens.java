package dev.freehold.engine.grammar;

import dev.freehold.fixture.DefaultModel;
import dev.freehold.model.gguf.GgufFile;
import dev.freehold.model.tokenizer.Tokenizer;

/// The default model's vocabulary.
final class RealTokens {

  static final Lexicon LEXICON = read();

  private RealTokens() {}

  private static Lexicon read() {
    try (GgufFile file = GgufFile.open(DefaultModel.path())) {
      return Lexicon.of(Tokenizer.read(file.metadata()));
    }
  }
}
