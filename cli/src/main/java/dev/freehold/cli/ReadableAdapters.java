package dev.freehold.cli;

import dev.freehold.chat.Principal;
import dev.freehold.documents.Library;
import dev.freehold.store.AdapterStore;
import dev.freehold.store.SourceRights;
import dev.freehold.store.StoredAdapter;
import java.util.List;
import java.util.Optional;

/// The adapters somebody may use. Safe for use by many threads at once.
interface ReadableAdapters {

  /// None at all.
  ReadableAdapters NONE =
      new ReadableAdapters() {
        @Override
        public List<StoredAdapter> list(Principal principal) {
          return List.of();
        }

        @Override
        public Optional<StoredAdapter> find(String name, Principal principal) {
          return Optional.empty();
        }
      };

  /// Those a principal may read.
  List<StoredAdapter> list(Principal principal);

  /// The one of that name, if the principal may read it.
  Optional<StoredAdapter> find(String name, Principal principal);

  /// Each by the rights of who asks: those of a collection's readers for what was made from it.
  static ReadableAdapters by(AdapterStore store, Library library) {
    SourceRights rights =
        (principal, source) -> {
          String id = source.substring(source.indexOf(':') + 1);
          return source.startsWith("collection:")
              ? library.collections(principal).stream().anyMatch(one -> one.id().equals(id))
              : source.startsWith("workload:") && principal.administrator();
        };
    return new ReadableAdapters() {
      @Override
      public List<StoredAdapter> list(Principal principal) {
        return store.list(principal, rights);
      }

      @Override
      public Optional<StoredAdapter> find(String name, Principal principal) {
        return store.find(name, principal, rights);
      }
    };
  }

  /// All of them, for a command: whoever may read the data folder may read what is in it.
  static ReadableAdapters onDisk(AdapterStore store) {
    return new ReadableAdapters() {
      @Override
      public List<StoredAdapter> list(Principal principal) {
        return store.onDisk();
      }

      @Override
      public Optional<StoredAdapter> find(String name, Principal principal) {
        return store.onDisk(name);
      }
    };
  }
}
