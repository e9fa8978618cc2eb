package dev.freehold.chat;

import java.util.Iterator;

/// An answer on its way: a blocking iterator over [ChatEvent]s.
///
/// `hasNext` and `next` wait for the model. Closing cancels: the model stops within one step and
/// the sequence's cache is freed. One thread iterates; any thread may close.
public interface ChatStream extends Iterator<ChatEvent>, AutoCloseable {

  /// Cancels if the answer is not complete; harmless if it is.
  @Override
  void close();
}
