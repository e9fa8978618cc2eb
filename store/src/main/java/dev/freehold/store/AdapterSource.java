package dev.freehold.store;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Principal;
import java.util.Set;
import java.util.TreeSet;

/// One thing an adapter was made from, as far as rights go. An adapter is read by those who may
/// read every one of its sources.
public sealed interface AdapterSource {

  /// Everybody who may ask models at all.
  String EVERYBODY = "everybody";

  /// What this house keeps, such as a collection: whoever may read it now may read what was made
  /// from it. Who that is is asked each time, so that an adapter is lost with the right to its
  /// source.
  ///
  /// @param id names it, with its kind before a colon, for instance `collection:9f3…`
  record Kept(String id) implements AdapterSource {
    public Kept {
      int colon = id.indexOf(':');
      if (colon < 1 || colon == id.length() - 1 || id.length() > 300) {
        throw new InvalidRequest(
            "A source of an adapter is written kind:id, and not %s.".formatted(shown(id)),
            "sources");
      }
    }
  }

  /// What came from elsewhere: a file, whose readers somebody decided on.
  ///
  /// @param readers `person:ID`, `group:NAME` or `everybody`; none: nobody
  record Named(Set<String> readers) implements AdapterSource {
    public Named {
      for (String reader : readers) {
        boolean prefixed =
            (reader.startsWith("person:") && reader.length() > 7)
                || (reader.startsWith("group:") && reader.length() > 6);
        if (!reader.equals(EVERYBODY) && (!prefixed || reader.length() > 300)) {
          throw new InvalidRequest(
              "A reader is written person:ID, group:NAME or everybody, and not %s."
                  .formatted(shown(reader)),
              "readers");
        }
      }
      readers = java.util.Collections.unmodifiableSet(new TreeSet<>(readers));
    }
  }

  /// Whether that principal may read it.
  ///
  /// @param rights who may read what this house keeps
  default boolean admits(Principal principal, SourceRights rights) {
    return switch (this) {
      case Kept(String id) -> rights.mayRead(principal, id);
      case Named(Set<String> readers) ->
          readers.contains(EVERYBODY)
              || readers.contains("person:" + principal.id())
              || principal.groups().stream().anyMatch(group -> readers.contains("group:" + group));
    };
  }

  private static String shown(String text) {
    return text.length() > 90 ? text.substring(0, 90) + "…" : text;
  }
}
