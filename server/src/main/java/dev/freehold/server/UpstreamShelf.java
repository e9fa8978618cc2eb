package dev.freehold.server;

import dev.freehold.chat.Conflict;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/// The servers that are asked beside the models that are here, as administrators manage them over
/// HTTP. A key goes in and never comes out again.
///
/// Implementations are safe for use by many threads at once.
public interface UpstreamShelf {

  /// The words for what an upstream may speak, each with the address such a server usually has;
  /// empty where there is none.
  List<Kind> kinds();

  /// All of them, in the order they were added.
  List<Shown> list();

  /// Adds one.
  ///
  /// @param key what it asks for; empty: nothing
  /// @throws InvalidRequest naming what is wrong
  /// @throws Conflict where the name is taken
  Shown add(Described described, Optional<String> key);

  /// Removes one, and its key.
  ///
  /// @throws NotFound where there is none of that name
  void remove(String name);

  /// Asks one for its models and remembers them; nothing else is sent.
  ///
  /// @throws NotFound where there is none of that name
  /// @throws Unavailable where it does not answer as it should
  List<Model> test(String name);

  /// What an upstream may speak.
  ///
  /// @param word the word for it
  /// @param usual the address such a server usually has; empty where there is none
  record Kind(String word, String usual) {}

  /// An upstream to be added.
  ///
  /// @param name its name here
  /// @param kind what it speaks
  /// @param address its base address; empty: the kind's usual one
  /// @param inOwnNetwork whether it stands in the company's own network
  /// @param apiVersion Azure's; empty elsewhere
  /// @param models its models, where they are named by hand
  record Described(
      String name,
      String kind,
      String address,
      boolean inOwnNetwork,
      String apiVersion,
      List<String> models) {
    public Described {
      models = List.copyOf(models);
    }
  }

  /// An upstream as it is shown: without its key.
  ///
  /// @param keyed whether a key is kept for it
  record Shown(
      String name,
      String kind,
      String address,
      boolean inOwnNetwork,
      String apiVersion,
      boolean keyed,
      List<Model> models) {
    public Shown {
      models = List.copyOf(models);
    }
  }

  /// A model of an upstream.
  ///
  /// @param name by which it is asked here
  /// @param contextLength 0 where it is not known
  /// @param shutdown the day its provider ends it, where that was announced
  record Model(String name, int contextLength, Optional<LocalDate> shutdown) {}
}
