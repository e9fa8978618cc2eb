package dev.freehold.chat;

import java.util.Optional;

/// The cases that measure models here. Whoever is about to train on a text, to show it as an
/// example, or to take it in as a document asks first: a case that a model has seen measures
/// nothing any more.
///
/// Implementations are safe for use by many threads at once.
public interface SealedTexts {

  /// Nothing is sealed.
  SealedTexts NONE = _ -> Optional.empty();

  /// The name of a sealed case that this text is or contains, as `benchmark/case`.
  Optional<String> caseIn(String text);
}
