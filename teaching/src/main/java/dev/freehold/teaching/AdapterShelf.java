package dev.freehold.teaching;

import dev.freehold.chat.Principal;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// Where adapters are put so that they are served. Implementations are safe for use by many threads
/// at once.
public interface AdapterShelf {

  /// An adapter and what goes with it.
  ///
  /// @param name what it is called; with its base before it (`smollm2+handbook-1`) it is asked
  /// @param base the base's name
  /// @param adapter a GGUF adapter, or a folder of PEFT
  /// @param owner whose it is
  /// @param sources what it was made from; whoever may read all of them may ask it
  /// @param seen what it saw, finer than sources: `document:ID`, `exchange:ID`
  /// @param origin where it comes from, in words
  /// @param gates what was measured and decided, as JSON; empty where nothing was yet
  record Offer(
      String name,
      String base,
      Path adapter,
      Principal owner,
      List<Source> sources,
      Set<String> seen,
      String origin,
      String gates) {
    public Offer {
      sources = List.copyOf(sources);
      seen = Set.copyOf(seen);
    }
  }

  /// Puts it there for its owner alone, to be examined as it would be served.
  void offer(Offer offer);

  /// Puts it there for all who may read its sources. Once this returns it survives the end of the
  /// process; before, nothing of it is seen. Doing it twice is doing it once.
  ///
  /// @throws dev.freehold.chat.Conflict where another one has the name
  void publish(Offer offer);

  /// Takes one away; nothing happens where there is none.
  void withdraw(String name);

  /// How other programs read an adapter.
  enum Form {
    /// One file, as llama.cpp reads it.
    GGUF,
    /// A folder of PEFT's, packed as one file.
    PEFT
  }

  /// Writes one for other programs.
  ///
  /// @param target the file, which is not there yet
  /// @throws dev.freehold.chat.NotFound where there is none of that name
  /// @throws dev.freehold.chat.Unsupported where it adapts what has no name in that form
  void export(String name, Form form, Path target);

  /// Whether there is one of that name.
  boolean has(String name);

  /// Notes on every adapter that saw it that something is gone.
  ///
  /// @param seen as in [Offer#seen]
  /// @param why what happened, for whoever uses the adapter
  void mark(String seen, String why);

  /// All that was seen by any adapter.
  Set<String> seen();
}
