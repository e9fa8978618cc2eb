package dev.freehold.proving;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.Conflict;
import dev.freehold.chat.SealedTexts;

/// The documents that contestants called `NAME+docs` are given.
///
/// Safe for use by many threads at once.
public interface Grounds {

  /// The same model, always given passages.
  ChatModel ground(ChatModel model);

  /// SHA-256 of what is there to read: changed documents make another contestant.
  String digest();

  /// Refuses documents that hold a case of a benchmark.
  ///
  /// @throws Conflict naming both
  void refuseSealed(SealedTexts sealed);
}
