package dev.freehold.model.template;

import dev.freehold.model.text.MarkedText;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A value of the template language, with Python's meaning. Lists and dictionaries cannot be
/// changed, as in the sandbox that transformers renders templates in.
sealed interface Value {

  /// What a name that was never set stands for: empty when printed or looped over, an error in
  /// almost everything else.
  record Undefined(String reason) implements Value {}

  /// Python's `None`.
  enum None implements Value {
    NONE
  }

  enum Bool implements Value {
    TRUE,
    FALSE;

    static Bool of(boolean value) {
      return value ? TRUE : FALSE;
    }
  }

  /// An integer of 64 bits; more is an error.
  record Int(long value) implements Value {}

  record Real(double value) implements Value {}

  record Str(MarkedText text) implements Value {
    static final Str EMPTY = new Str(MarkedText.EMPTY);

    static Str of(String markup) {
      return new Str(MarkedText.markup(markup));
    }

    String value() {
      return text.value();
    }
  }

  /// A list, or a tuple, which prints otherwise and does not equal a list.
  record Seq(List<Value> items, boolean tuple) implements Value {
    static Seq list(List<Value> items) {
      return new Seq(items, false);
    }

    static Seq tuple(Value... items) {
      return new Seq(List.of(items), true);
    }
  }

  /// A dictionary in the order of its keys' arrival.
  record Dict(Map<Object, Entry> entries) implements Value {

    static Dict of(Map<String, Value> values) {
      Map<Object, Entry> entries = new LinkedHashMap<>();
      values.forEach((key, value) -> entries.put(key, new Entry(Str.of(key), value)));
      return new Dict(entries);
    }

    @Nullable Value get(Object key) {
      Entry entry = entries.get(key);
      return entry == null ? null : entry.value();
    }

    List<Value> keys() {
      List<Value> keys = new ArrayList<>(entries.size());
      entries.values().forEach(entry -> keys.add(entry.key()));
      return keys;
    }
  }

  /// A key as written with its value; the map's own key is [Values#key].
  record Entry(Value key, Value value) {}

  /// What `map` or `select` give: always true, of no length, and empty once read.
  final class Generator implements Value {
    private @Nullable List<Value> items;

    Generator(List<Value> items) {
      this.items = items;
    }

    List<Value> drain() {
      List<Value> rest = items == null ? List.of() : items;
      items = null;
      return rest;
    }

    /// The first item, which is then gone, or null.
    @Nullable Value poll() {
      Iterator<Value> rest = drain().iterator();
      if (!rest.hasNext()) {
        return null;
      }
      Value first = rest.next();
      List<Value> remaining = new ArrayList<>();
      rest.forEachRemaining(remaining::add);
      items = remaining;
      return first;
    }
  }

  /// What `namespace()` gives: the one thing whose attributes can be set.
  final class Namespace implements Value {
    final Map<String, Value> attributes = new LinkedHashMap<>();
  }

  /// A macro, a method with its object, or a function the renderer offers.
  record Callable(String name, Body body) implements Value {
    interface Body {
      Value call(Arguments arguments);
    }
  }

  /// The `loop` of a running for statement.
  final class Loop implements Value {
    final List<Value> items;
    final int depth;
    int index;
    @Nullable Value lastChanged;

    Loop(List<Value> items, int depth) {
      this.items = items;
      this.depth = depth;
    }
  }
}
