package dev.freehold.documents;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Changes of a collection's documents as they happen.
///
/// One thread polls; any thread may close. A document that changes faster than it is polled for is
/// told once, in its latest state. The rights of the principal are looked at again for every event:
/// once they are gone, so is the subscription.
public interface DocumentEvents extends AutoCloseable {

  /// The next change, waiting for it at most this long; null where there was none.
  ///
  /// @throws dev.freehold.chat.NotFound where the collection is gone or may no longer be read
  @Nullable Event poll(Duration patience) throws InterruptedException;

  @Override
  void close();

  /// What happened.
  sealed interface Event {
    /// A document was added or is in a new state.
    record Changed(Document document) implements Event {}

    /// A document is gone.
    record Deleted(String id) implements Event {}
  }
}
