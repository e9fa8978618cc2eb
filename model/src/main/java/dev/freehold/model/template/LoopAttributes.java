package dev.freehold.model.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a template can ask of the `loop` it is in.
final class LoopAttributes {

  private LoopAttributes() {}

  static @Nullable Value get(Value.Loop loop, String name, Operators operators) {
    int size = loop.items.size();
    return switch (name) {
      case "index" -> new Value.Int(loop.index + 1L);
      case "index0" -> new Value.Int(loop.index);
      case "revindex" -> new Value.Int(size - loop.index);
      case "revindex0" -> new Value.Int(size - loop.index - 1L);
      case "first" -> Value.Bool.of(loop.index == 0);
      case "last" -> Value.Bool.of(loop.index == size - 1);
      case "length" -> new Value.Int(size);
      case "depth" -> new Value.Int(loop.depth);
      case "depth0" -> new Value.Int(loop.depth - 1L);
      case "previtem" -> neighbour(loop, loop.index - 1, "there is no previous item");
      case "nextitem" -> neighbour(loop, loop.index + 1, "there is no next item");
      case "cycle" ->
          new Value.Callable(
              name,
              arguments -> {
                List<Value> values = arguments.rest();
                if (values.isEmpty()) {
                  throw TemplateFailure.evaluation("loop.cycle needs something to cycle through");
                }
                return values.get(loop.index % values.size());
              });
      case "changed" ->
          new Value.Callable(
              name,
              arguments -> {
                Value now = new Value.Seq(List.copyOf(arguments.rest()), true);
                boolean changed =
                    loop.lastChanged == null || !operators.equal(loop.lastChanged, now);
                loop.lastChanged = now;
                return Value.Bool.of(changed);
              });
      default -> null;
    };
  }

  private static Value neighbour(Value.Loop loop, int index, String otherwise) {
    return index >= 0 && index < loop.items.size()
        ? loop.items.get(index)
        : new Value.Undefined(otherwise);
  }
}
