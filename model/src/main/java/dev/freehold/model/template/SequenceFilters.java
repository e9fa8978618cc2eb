package dev.freehold.model.template;

import dev.freehold.model.text.MarkedText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The filters over lists, dictionaries and what else can be looped over.
final class SequenceFilters {

  private final Evaluator evaluator;
  private final Budget budget;
  private final Printing printing;
  private final Operators operators;

  SequenceFilters(Evaluator evaluator) {
    this.evaluator = evaluator;
    this.budget = evaluator.budget;
    this.printing = evaluator.printing;
    this.operators = evaluator.operators;
  }

  Value apply(String name, Value value, Arguments arguments) {
    return switch (name) {
      case "batch" -> batch(items(value), arguments);
      case "dictsort" -> dictSort(value, arguments);
      case "first" -> first(value);
      case "groupby" -> groupBy(value, arguments);
      case "items" -> pairs(value);
      case "join" -> join(value, arguments);
      case "last" -> last(value);
      case "list" -> Value.Seq.list(copy(items(value)));
      case "map" -> map(value, arguments);
      case "max", "min" -> extreme(value, arguments, name.equals("max"));
      case "reject" -> select(value, arguments, false, false);
      case "rejectattr" -> select(value, arguments, true, false);
      case "reverse" -> reverse(value);
      case "select" -> select(value, arguments, false, true);
      case "selectattr" -> select(value, arguments, true, true);
      case "slice" -> slice(items(value), arguments);
      case "sort" -> sort(value, arguments);
      case "sum" -> sum(value, arguments);
      case "unique" -> unique(value, arguments);
      default -> throw TemplateFailure.evaluation("there is no filter '%s' here".formatted(name));
    };
  }

  private List<Value> items(Value value) {
    return Values.iterate(value, budget);
  }

  /// Jinja's `map` and `select` families take whatever is false, such as a missing list of tools,
  /// for an empty sequence.
  private List<Value> itemsIfAny(Value value) {
    return Values.truth(value) ? items(value) : List.of();
  }

  private List<Value> copy(List<Value> items) {
    budget.entries(items.size());
    return new ArrayList<>(items);
  }

  private static Value undefined(String what) {
    return new Value.Undefined("no %s item, the sequence was empty".formatted(what));
  }

  private Value first(Value value) {
    if (value instanceof Value.Generator generator) {
      Value first = generator.poll();
      return first == null ? undefined("first") : first;
    }
    if (value instanceof Value.Str string && !string.text().isEmpty()) {
      int end = Character.charCount(string.value().codePointAt(0));
      return new Value.Str(string.text().slice(0, end));
    }
    List<Value> items = items(value);
    return items.isEmpty() ? undefined("first") : items.getFirst();
  }

  private Value last(Value value) {
    if (value instanceof Value.Str string && !string.text().isEmpty()) {
      int length = string.text().length();
      int start = length - Character.charCount(string.value().codePointBefore(length));
      return new Value.Str(string.text().slice(start, length));
    }
    if (value instanceof Value.Generator) {
      throw TemplateFailure.evaluation("a generator has no last item; put |list before");
    }
    List<Value> items = items(value);
    return items.isEmpty() ? undefined("last") : items.getLast();
  }

  private Value reverse(Value value) {
    if (value instanceof Value.Generator) {
      throw TemplateFailure.evaluation("a generator cannot be reversed; put |list before");
    }
    List<Value> reversed = copy(items(value));
    Collections.reverse(reversed);
    if (value instanceof Value.Str) {
      var text = new MarkedText.Builder();
      reversed.forEach(character -> text.append(((Value.Str) character).text()));
      return new Value.Str(text.build());
    }
    return new Value.Generator(reversed);
  }

  private Value pairs(Value value) {
    if (value instanceof Value.Undefined) {
      return new Value.Generator(List.of());
    }
    if (value instanceof Value.Dict dict) {
      return new Value.Generator(evaluator.pairs(dict));
    }
    throw Values.expected("a dictionary", value);
  }

  private Value join(Value value, Arguments arguments) {
    Value separator = arguments.orElse("d", Value.Str.EMPTY);
    Value attribute = arguments.next("attribute");
    MarkedText between = printing.str(separator);
    var text = new MarkedText.Builder();
    boolean first = true;
    for (Value item : items(value)) {
      MarkedText piece = printing.str(attribute == null ? item : at(item, attribute));
      budget.allocate((long) between.length() + piece.length());
      if (!first) {
        text.append(between);
      }
      text.append(piece);
      first = false;
    }
    return new Value.Str(text.build());
  }

  /// An item's attribute, where dots lead further in and digits are positions.
  private Value at(Value item, Value attribute) {
    if (attribute instanceof Value.Int) {
      return evaluator.item(item, attribute);
    }
    Value value = item;
    for (String part : Values.string(attribute).value().split("\\.", -1)) {
      boolean position =
          !part.isEmpty() && part.length() < 10 && part.chars().allMatch(c -> c >= '0' && c <= '9');
      Value key = position ? new Value.Int(Long.parseLong(part)) : Value.Str.of(part);
      value = evaluator.item(value, key);
    }
    return value;
  }

  private Value map(Value value, Arguments arguments) {
    Value attribute = arguments.named().get("attribute");
    List<Value> mapped = new ArrayList<>();
    if (attribute != null) {
      Value otherwise = arguments.named().get("default");
      for (Value item : itemsIfAny(value)) {
        budget.step();
        Value result = at(item, attribute);
        mapped.add(result instanceof Value.Undefined && otherwise != null ? otherwise : result);
      }
      return new Value.Generator(mapped);
    }
    String filter = arguments.string("filter").value();
    List<Value> rest = arguments.rest();
    for (Value item : itemsIfAny(value)) {
      budget.step();
      mapped.add(evaluator.filter(filter, item, new Arguments(filter, rest, arguments.named())));
    }
    budget.entries(mapped.size());
    return new Value.Generator(mapped);
  }

  private Value select(Value value, Arguments arguments, boolean byAttribute, boolean keep) {
    Value attribute = byAttribute ? arguments.required("attribute") : null;
    Value test = arguments.next("test");
    List<Value> rest = arguments.rest();
    List<Value> selected = new ArrayList<>();
    for (Value item : itemsIfAny(value)) {
      budget.step();
      Value tested = attribute == null ? item : at(item, attribute);
      boolean holds =
          test == null
              ? Values.truth(tested)
              : evaluator.test(
                  Values.string(test).value(),
                  tested,
                  new Arguments(Values.string(test).value(), rest, arguments.named()));
      if (holds == keep) {
        selected.add(item);
      }
    }
    budget.entries(selected.size());
    return new Value.Generator(selected);
  }

  private Value batch(List<Value> items, Arguments arguments) {
    int size = Math.max(1, arguments.integer("linecount", 1));
    Value fill = arguments.next("fill_with");
    List<Value> batches = new ArrayList<>();
    for (int start = 0; start < items.size(); start += size) {
      List<Value> batch = copy(items.subList(start, Math.min(items.size(), start + size)));
      if (fill != null && fill != Value.None.NONE) {
        budget.entries(size);
        while (batch.size() < size) {
          batch.add(fill);
        }
      }
      batches.add(Value.Seq.list(batch));
    }
    return new Value.Generator(batches);
  }

  private Value slice(List<Value> items, Arguments arguments) {
    int slices = Math.max(1, arguments.integer("slices", 1));
    Value fill = arguments.next("fill_with");
    budget.entries(slices);
    List<Value> result = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < slices; i++) {
      boolean longer = i < items.size() % slices;
      int end = start + items.size() / slices + (longer ? 1 : 0);
      List<Value> part = copy(items.subList(start, end));
      if (fill != null && fill != Value.None.NONE && !longer) {
        part.add(fill);
      }
      result.add(Value.Seq.list(part));
      start = end;
    }
    return new Value.Generator(result);
  }

  /// What two values are compared by: the attribute, strings without regard to case.
  private Value sortKey(Value item, @Nullable Value attribute, boolean caseSensitive) {
    if (attribute instanceof Value.Str several && several.value().contains(",")) {
      List<Value> keys = new ArrayList<>();
      for (String part : several.value().split(",", -1)) {
        keys.add(sortKey(item, Value.Str.of(part.strip()), caseSensitive));
      }
      return Value.Seq.list(keys);
    }
    Value key = attribute == null || attribute == Value.None.NONE ? item : at(item, attribute);
    if (!caseSensitive && key instanceof Value.Str string) {
      budget.allocate(string.text().length());
      return Value.Str.of(string.value().toLowerCase(Locale.ROOT));
    }
    return key;
  }

  private record Keyed(Value key, Value item) {}

  private List<Value> sorted(List<Keyed> keyed, boolean reverse) {
    budget.entries(keyed.size());
    keyed.sort(
        (a, b) -> reverse ? operators.order(b.key(), a.key()) : operators.order(a.key(), b.key()));
    List<Value> items = new ArrayList<>();
    keyed.forEach(entry -> items.add(entry.item()));
    return items;
  }

  private Value sort(Value value, Arguments arguments) {
    boolean reverse = arguments.flag("reverse", false);
    boolean caseSensitive = arguments.flag("case_sensitive", false);
    Value attribute = arguments.next("attribute");
    List<Keyed> keyed = new ArrayList<>();
    for (Value item : items(value)) {
      keyed.add(new Keyed(sortKey(item, attribute, caseSensitive), item));
    }
    return Value.Seq.list(sorted(keyed, reverse));
  }

  private Value dictSort(Value value, Arguments arguments) {
    boolean caseSensitive = arguments.flag("case_sensitive", false);
    Value.Str by = arguments.stringOrNull("by");
    boolean reverse = arguments.flag("reverse", false);
    if (!(value instanceof Value.Dict dict)) {
      throw Values.expected("a dictionary", value);
    }
    boolean byValue = by != null && by.value().equals("value");
    List<Keyed> keyed = new ArrayList<>();
    for (Value.Entry entry : dict.entries().values()) {
      Value key = sortKey(byValue ? entry.value() : entry.key(), null, caseSensitive);
      keyed.add(new Keyed(key, Value.Seq.tuple(entry.key(), entry.value())));
    }
    return Value.Seq.list(sorted(keyed, reverse));
  }

  private Value extreme(Value value, Arguments arguments, boolean largest) {
    boolean caseSensitive = arguments.flag("case_sensitive", false);
    Value attribute = arguments.next("attribute");
    Value best = null;
    Value bestKey = null;
    for (Value item : items(value)) {
      Value key = sortKey(item, attribute, caseSensitive);
      int order = bestKey == null ? 0 : operators.order(key, bestKey);
      if (bestKey == null || (largest ? order > 0 : order < 0)) {
        best = item;
        bestKey = key;
      }
    }
    return best == null ? undefined("largest or smallest") : best;
  }

  private Value unique(Value value, Arguments arguments) {
    boolean caseSensitive = arguments.flag("case_sensitive", false);
    Value attribute = arguments.next("attribute");
    Set<Object> seen = new HashSet<>();
    List<Value> unique = new ArrayList<>();
    for (Value item : items(value)) {
      budget.step();
      if (seen.add(Values.key(sortKey(item, attribute, caseSensitive)))) {
        unique.add(item);
      }
    }
    return new Value.Generator(unique);
  }

  private Value groupBy(Value value, Arguments arguments) {
    Value attribute = arguments.required("attribute");
    Value otherwise = arguments.next("default");
    List<Keyed> keyed = new ArrayList<>();
    IdentityHashMap<Value, Value> keyOf = new IdentityHashMap<>();
    for (Value item : items(value)) {
      Value key = at(item, attribute);
      if (key instanceof Value.Undefined && otherwise != null) {
        key = otherwise;
      }
      keyed.add(new Keyed(key, item));
      keyOf.put(item, key);
    }
    Map<Object, List<Value>> groups = new LinkedHashMap<>();
    Map<Object, Value> keys = new LinkedHashMap<>();
    for (Value item : sorted(keyed, false)) {
      Value key = keyOf.getOrDefault(item, Value.None.NONE);
      keys.putIfAbsent(Values.key(key), key);
      groups.computeIfAbsent(Values.key(key), _ -> new ArrayList<>()).add(item);
    }
    List<Value> result = new ArrayList<>();
    groups.forEach((key, items) ->
        result.add(
            Value.Seq.tuple(keys.getOrDefault(key, Value.None.NONE), Value.Seq.list(items))));
    return Value.Seq.list(result);
  }

  private Value sum(Value value, Arguments arguments) {
    Value attribute = arguments.next("attribute");
    Value total = arguments.orElse("start", new Value.Int(0));
    for (Value item : items(value)) {
      budget.step();
      total =
          operators.arithmetic(
              "+",
              total,
              attribute == null || attribute == Value.None.NONE ? item : at(item, attribute));
    }
    return total;
  }
}
