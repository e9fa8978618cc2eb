package dev.freehold.model.template;

import dev.freehold.model.text.MarkedText;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Python's operators over template values.
final class Operators {

  private final Budget budget;
  private final Printing printing;

  Operators(Budget budget, Printing printing) {
    this.budget = budget;
    this.printing = printing;
  }

  Value arithmetic(String operator, Value left, Value right) {
    Values.defined(left);
    Values.defined(right);
    if (Values.isNumber(left) && Values.isNumber(right)) {
      return number(operator, left, right);
    }
    switch (operator) {
      case "+" -> {
        if (left instanceof Value.Str a && right instanceof Value.Str b) {
          budget.allocate((long) a.text().length() + b.text().length());
          return new Value.Str(a.text().plus(b.text()));
        }
        if (left instanceof Value.Seq a && right instanceof Value.Seq b && a.tuple() == b.tuple()) {
          budget.entries((long) a.items().size() + b.items().size());
          List<Value> items = new ArrayList<>(a.items());
          items.addAll(b.items());
          return new Value.Seq(items, a.tuple());
        }
      }
      case "*" -> {
        Value repeated = Values.isNumber(left) ? right : left;
        Value times = Values.isNumber(left) ? left : right;
        if (times instanceof Value.Int || times instanceof Value.Bool) {
          Value result = repeat(repeated, Values.integer(times));
          if (result != null) {
            return result;
          }
        }
      }
      case "%" -> {
        if (left instanceof Value.Str format) {
          List<Value> arguments =
              right instanceof Value.Seq seq && seq.tuple() ? seq.items() : List.of(right);
          return new Value.Str(
              new Formatting(budget, printing).percent(format.text(), arguments, right));
        }
      }
      default -> {}
    }
    throw TemplateFailure.evaluation(
        "'%s' does not work on a %s and a %s"
            .formatted(operator, Values.type(left), Values.type(right)));
  }

  private @Nullable Value repeat(Value value, long times) {
    long count = Math.max(0, times);
    if (value instanceof Value.Str string) {
      budget.allocate(product(string.text().length(), count));
      var text = new MarkedText.Builder();
      for (long i = 0; i < count && !string.text().isEmpty(); i++) {
        text.append(string.text());
      }
      return new Value.Str(text.build());
    }
    if (value instanceof Value.Seq seq) {
      budget.entries(product(seq.items().size(), count));
      List<Value> items = new ArrayList<>();
      for (long i = 0; i < count && !seq.items().isEmpty(); i++) {
        items.addAll(seq.items());
      }
      return new Value.Seq(items, seq.tuple());
    }
    return null;
  }

  private static long product(long a, long b) {
    return Math.multiplyHigh(a, b) != 0 || a * b < 0 ? Long.MAX_VALUE / 4 : a * b;
  }

  private static Value number(String operator, Value left, Value right) {
    boolean real = left instanceof Value.Real || right instanceof Value.Real;
    if (operator.equals("/")) {
      nonZero(right);
      return new Value.Real(Values.real(left) / Values.real(right));
    }
    if (operator.equals("**")) {
      return power(left, right, real);
    }
    if (real) {
      double a = Values.real(left);
      double b = Values.real(right);
      return new Value.Real(
          switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "//" -> {
              nonZero(right);
              yield Math.floor(a / b);
            }
            default -> {
              nonZero(right);
              double rest = a % b;
              yield rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
            }
          });
    }
    long a = Values.integer(left);
    long b = Values.integer(right);
    try {
      return new Value.Int(
          switch (operator) {
            case "+" -> Math.addExact(a, b);
            case "-" -> Math.subtractExact(a, b);
            case "*" -> Math.multiplyExact(a, b);
            case "//" -> {
              nonZero(right);
              yield Math.floorDivExact(a, b);
            }
            default -> {
              nonZero(right);
              yield Math.floorMod(a, b);
            }
          });
    } catch (ArithmeticException e) {
      throw tooLarge();
    }
  }

  private static Value power(Value left, Value right, boolean real) {
    if (real || Values.integer(right) < 0) {
      if (Values.real(left) == 0 && Values.real(right) < 0) {
        throw TemplateFailure.evaluation("division by zero");
      }
      return new Value.Real(Math.pow(Values.real(left), Values.real(right)));
    }
    long base = Values.integer(left);
    long exponent = Values.integer(right);
    if (Math.abs(base) > 1 && exponent > 64) {
      throw tooLarge();
    }
    if (Math.abs(base) <= 1) {
      return new Value.Int(exponent == 0 ? 1 : base == -1 && exponent % 2 == 0 ? 1 : base);
    }
    try {
      return new Value.Int(BigInteger.valueOf(base).pow((int) exponent).longValueExact());
    } catch (ArithmeticException e) {
      throw tooLarge();
    }
  }

  private static void nonZero(Value divisor) {
    if (Values.real(divisor) == 0) {
      throw TemplateFailure.evaluation("division by zero");
    }
  }

  private static TemplateFailure tooLarge() {
    return TemplateFailure.evaluation("an integer leaves the range of 64 bits");
  }

  Value negative(Value value) {
    if (value instanceof Value.Real number) {
      return new Value.Real(-number.value());
    }
    long number = Values.integer(Values.defined(value));
    if (number == Long.MIN_VALUE) {
      throw tooLarge();
    }
    return new Value.Int(-number);
  }

  boolean compare(String operator, Value left, Value right) {
    return switch (operator) {
      case "==" -> equal(left, right);
      case "!=" -> !equal(left, right);
      case "<" -> order(left, right) < 0;
      case "<=" -> order(left, right) <= 0;
      case ">" -> order(left, right) > 0;
      case ">=" -> order(left, right) >= 0;
      case "in" -> contains(right, left);
      case "not in" -> !contains(right, left);
      default -> throw new AssertionError(operator);
    };
  }

  /// Python's `==`: numbers by value whatever their type, lists and dictionaries by content.
  boolean equal(Value left, Value right) {
    budget.step();
    if (Values.isNumber(left) && Values.isNumber(right)) {
      boolean real = left instanceof Value.Real || right instanceof Value.Real;
      return real
          ? Values.real(left) == Values.real(right)
          : Values.integer(left) == Values.integer(right);
    }
    if (left instanceof Value.Str a && right instanceof Value.Str b) {
      return a.value().equals(b.value());
    }
    if (left instanceof Value.Seq a && right instanceof Value.Seq b) {
      return a.tuple() == b.tuple() && equalItems(a.items(), b.items());
    }
    if (left instanceof Value.Dict a && right instanceof Value.Dict b) {
      return equalEntries(a, b);
    }
    return (left instanceof Value.Undefined && right instanceof Value.Undefined)
        || left.equals(right);
  }

  private boolean equalItems(List<Value> left, List<Value> right) {
    if (left.size() != right.size()) {
      return false;
    }
    budget.enter();
    boolean equal = true;
    for (int i = 0; i < left.size() && equal; i++) {
      equal = equal(left.get(i), right.get(i));
    }
    budget.leave();
    return equal;
  }

  private boolean equalEntries(Value.Dict left, Value.Dict right) {
    if (left.entries().size() != right.entries().size()) {
      return false;
    }
    budget.enter();
    boolean equal = true;
    for (var entry : left.entries().entrySet()) {
      Value other = right.get(entry.getKey());
      equal = equal && other != null && equal(entry.getValue().value(), other);
    }
    budget.leave();
    return equal;
  }

  /// Python's ordering of two numbers, strings or sequences.
  int order(Value left, Value right) {
    budget.step();
    Values.defined(left);
    Values.defined(right);
    if (Values.isNumber(left) && Values.isNumber(right)) {
      boolean real = left instanceof Value.Real || right instanceof Value.Real;
      return real
          ? Double.compare(Values.real(left), Values.real(right))
          : Long.compare(Values.integer(left), Values.integer(right));
    }
    if (left instanceof Value.Str a && right instanceof Value.Str b) {
      return codePointOrder(a.value(), b.value());
    }
    if (left instanceof Value.Seq a && right instanceof Value.Seq b && a.tuple() == b.tuple()) {
      budget.enter();
      int result = Integer.compare(a.items().size(), b.items().size());
      for (int i = 0; i < Math.min(a.items().size(), b.items().size()); i++) {
        if (!equal(a.items().get(i), b.items().get(i))) {
          result = order(a.items().get(i), b.items().get(i));
          break;
        }
      }
      budget.leave();
      return result;
    }
    throw TemplateFailure.evaluation(
        "a %s and a %s have no order".formatted(Values.type(left), Values.type(right)));
  }

  /// Surrogates sort after the rest of the plane in UTF-16 but not in Python.
  static int codePointOrder(String a, String b) {
    for (int i = 0; i < Math.min(a.length(), b.length()); i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean surrogateX = Character.isSurrogate(x);
        return surrogateX == Character.isSurrogate(y)
            ? Character.compare(x, y)
            : surrogateX ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  boolean contains(Value container, Value item) {
    return switch (container) {
      case Value.Str string -> {
        String wanted = Values.string(item).value();
        budget.search(string.text().length(), wanted.length());
        yield string.value().contains(wanted);
      }
      case Value.Dict dict -> dict.entries().containsKey(Values.key(item));
      default -> {
        for (Value candidate : Values.iterate(container, budget)) {
          if (equal(candidate, item)) {
            yield true;
          }
        }
        yield false;
      }
    };
  }

  /// Python's slice `value[start:stop:step]`; undefined where the value cannot be sliced.
  Value slice(Value value, @Nullable Long start, @Nullable Long stop, @Nullable Long step) {
    Values.defined(value);
    if (value instanceof Value.Seq seq) {
      List<Value> items = new ArrayList<>();
      forEachIndex(seq.items().size(), start, stop, step, i -> items.add(seq.items().get(i)));
      budget.entries(items.size());
      return new Value.Seq(items, seq.tuple());
    }
    if (value instanceof Value.Str string) {
      return new Value.Str(slice(string.text(), start, stop, step));
    }
    return new Value.Undefined("a %s cannot be sliced".formatted(Values.type(value)));
  }

  private MarkedText slice(
      MarkedText text, @Nullable Long start, @Nullable Long stop, @Nullable Long step) {
    String value = text.value();
    int length = value.codePointCount(0, value.length());
    budget.allocate(length);
    boolean plain = length == value.length();
    if (step == null || step == 1) {
      int from = bound(start, 0, length);
      int to = Math.max(from, bound(stop, length, length));
      return plain
          ? text.slice(from, to)
          : text.slice(value.offsetByCodePoints(0, from), value.offsetByCodePoints(0, to));
    }
    List<Value> characters = Values.iterate(new Value.Str(text), budget);
    var result = new MarkedText.Builder();
    forEachIndex(
        length, start, stop, step, i -> result.append(((Value.Str) characters.get(i)).text()));
    return result.build();
  }

  private static int bound(@Nullable Long index, int otherwise, int length) {
    if (index == null) {
      return otherwise;
    }
    return Math.clamp(index < 0 ? Math.max(index, -length) + length : index, 0, length);
  }

  private interface IndexConsumer {
    void accept(int index);
  }

  private void forEachIndex(
      int length,
      @Nullable Long start,
      @Nullable Long stop,
      @Nullable Long step,
      IndexConsumer consumer) {
    long stride = step == null ? 1 : step;
    if (stride == 0) {
      throw TemplateFailure.evaluation("a slice's step cannot be zero");
    }
    budget.allocate(length);
    if (stride > 0) {
      int end = bound(stop, length, length);
      for (long i = bound(start, 0, length); i < end; i += Math.min(stride, length + 1L)) {
        consumer.accept((int) i);
      }
    } else {
      long first = start == null ? length - 1L : backward(start, length);
      long end = stop == null ? -1 : backward(stop, length);
      for (long i = first; i > end; i += Math.max(stride, -length - 1L)) {
        consumer.accept((int) i);
      }
    }
  }

  private static long backward(long index, int length) {
    return index < 0
        ? Math.max(Math.max(index, -length - 1L) + length, -1)
        : Math.min(index, length - 1L);
  }
}
