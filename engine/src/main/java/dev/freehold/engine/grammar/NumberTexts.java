package dev.freehold.engine.grammar;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// The ways to write the numbers of a range, or those of them that are multiples of a step.
///
/// A number is written as a whole number of units of the last place, with the point put in: digit
/// by digit, knowing whether what was written still equals the beginning of the least or the
/// largest, and what is left after division by the step. No exponents.
final class NumberTexts {

  /// Largest step, in units of the last place.
  static final int LARGEST_STEP = 1_000;

  private final Map<String, Expression> rules;
  private final IntConsumer takes;
  private final int scale;
  private final int step;
  private final boolean mayEndEarly;

  /// @param rules where rules are added that the expressions need
  /// @param takes is told how much is about to be written, in parts of a form, see [Size]
  /// @param scale digits after the point
  /// @param step what the units must be a multiple of
  /// @param mayEndEarly whether zeros at the end may be left out
  private NumberTexts(
      Map<String, Expression> rules, IntConsumer takes, int scale, int step, boolean mayEndEarly) {
    this.rules = rules;
    this.takes = takes;
    this.scale = scale;
    this.step = step;
    this.mayEndEarly = mayEndEarly;
  }

  /// Bounds of a number.
  ///
  /// @param low least, or null where there is none
  /// @param high largest, or null where there is none
  record Bounds(
      @Nullable BigDecimal low,
      boolean lowExclusive,
      @Nullable BigDecimal high,
      boolean highExclusive) {

    /// The least number of whole units of a scale.
    BigInteger lowUnits(int scale) {
      if (low == null) {
        return highUnitsOr(scale).min(BigInteger.ZERO).subtract(most(scale));
      }
      BigInteger units = low.movePointRight(scale).setScale(0, RoundingMode.CEILING).toBigInteger();
      boolean onBound = new BigDecimal(units, scale).compareTo(low) == 0;
      return lowExclusive && onBound ? units.add(BigInteger.ONE) : units;
    }

    /// The largest number of whole units of a scale.
    BigInteger highUnits(int scale) {
      if (high == null) {
        return low == null ? most(scale) : lowUnits(scale).max(BigInteger.ZERO).add(most(scale));
      }
      return highUnitsOr(scale);
    }

    private BigInteger highUnitsOr(int scale) {
      if (high == null) {
        return BigInteger.ZERO;
      }
      BigInteger units = high.movePointRight(scale).setScale(0, RoundingMode.FLOOR).toBigInteger();
      boolean onBound = new BigDecimal(units, scale).compareTo(high) == 0;
      return highExclusive && onBound ? units.subtract(BigInteger.ONE) : units;
    }

    private static BigInteger most(int scale) {
      return BigInteger.TEN.pow(JsonText.DIGITS + scale).subtract(BigInteger.ONE);
    }

    /// Digits after the point with which a number beside an exclusive bound is still another number
    /// as a double, and the bounds can be written.
    int scale() {
      int scale = JsonText.DIGITS;
      if (low != null && lowExclusive) {
        scale = Math.min(scale, JsonText.DIGITS - wholeDigits(low));
      }
      if (high != null && highExclusive) {
        scale = Math.min(scale, JsonText.DIGITS - wholeDigits(high));
      }
      return Math.max(Math.max(scale, 0), Math.max(scaleOf(low), scaleOf(high)));
    }

    private static int wholeDigits(BigDecimal value) {
      return Math.max(0, value.precision() - value.scale());
    }

    private static int scaleOf(@Nullable BigDecimal value) {
      return value == null ? 0 : Math.max(0, value.stripTrailingZeros().scale());
    }
  }

  /// Whole numbers within bounds that are multiples of `step`.
  static Expression integers(
      Bounds bounds, int step, Map<String, Expression> rules, IntConsumer takes) {
    return new NumberTexts(rules, takes, 0, step, false)
        .between(bounds.lowUnits(0), bounds.highUnits(0));
  }

  /// Numbers within bounds.
  static Expression decimals(Bounds bounds, Map<String, Expression> rules, IntConsumer takes) {
    int scale = bounds.scale();
    return new NumberTexts(rules, takes, scale, 1, true)
        .between(bounds.lowUnits(scale), bounds.highUnits(scale));
  }

  /// Numbers within bounds that are multiples of `units` of the last of `scale` places.
  static Expression multiples(
      Bounds bounds, int units, int scale, Map<String, Expression> rules, IntConsumer takes) {
    return new NumberTexts(rules, takes, scale, units, false)
        .between(bounds.lowUnits(scale), bounds.highUnits(scale));
  }

  private Expression between(BigInteger low, BigInteger high) {
    List<Expression> ways = new ArrayList<>();
    if (low.signum() < 0) {
      BigInteger least = high.signum() < 0 ? high.negate() : BigInteger.ONE;
      ways.add(Expression.sequence(Expression.text("-"), notNegative(least, low.negate())));
    }
    if (high.signum() >= 0) {
      ways.add(notNegative(low.max(BigInteger.ZERO), high));
    }
    return new Expression.Choice(ways);
  }

  private Expression notNegative(BigInteger low, BigInteger high) {
    List<Expression> ways = new ArrayList<>();
    int longest = Math.max(high.toString().length(), scale + 1);
    int shorter = low.toString().length();
    int longer = high.toString().length();
    for (int length = scale + 1; length <= longest; length++) {
      if (step == 1 && length > scale + 1 && length > shorter && length < longer) {
        Expression first = new Expression.Characters(CodePoints.of('1', '9'));
        ways.add(Expression.sequence(first, free(length - 1, 0)));
        continue;
      }
      BigInteger shortest = length == scale + 1 ? BigInteger.ZERO : BigInteger.TEN.pow(length - 1);
      BigInteger least = low.max(shortest);
      BigInteger most = high.min(BigInteger.TEN.pow(length).subtract(BigInteger.ONE));
      if (least.compareTo(most) <= 0) {
        ways.add(new Digits(padded(least, length), padded(most, length)).from(0, true, true, 0));
      }
    }
    return new Expression.Choice(ways);
  }

  private static String padded(BigInteger value, int length) {
    String digits = value.toString();
    return "0".repeat(length - digits.length()) + digits;
  }

  /// Numbers of one length.
  private final class Digits {
    private final String low;
    private final String high;

    Digits(String low, String high) {
      this.low = low;
      this.high = high;
    }

    /// What may follow the first digits.
    ///
    /// @param onLow whether those of the least were written
    /// @param onHigh whether those of the largest were written
    Expression from(int at, boolean onLow, boolean onHigh, int remainder) {
      int left = low.length() - at;
      // Where only zeros or nines are left of a bound, nothing can go past it.
      boolean bound = onLow && !consistsOf('0', low, at);
      boolean capped = onHigh && !consistsOf('9', high, at);
      if (!bound && !capped) {
        return free(left, remainder);
      }
      takes.accept(Size.BOUND_DIGIT);
      int first = bound ? low.charAt(at) - '0' : 0;
      int last = capped ? high.charAt(at) - '0' : 9;
      List<Expression> ways = new ArrayList<>();
      if (bound) {
        ways.add(digit(first, from(at + 1, true, capped && first == last, next(remainder, first))));
      }
      if (capped && !(bound && first == last)) {
        ways.add(digit(last, from(at + 1, false, true, next(remainder, last))));
      }
      int from = bound ? first + 1 : first;
      int to = capped ? last - 1 : last;
      if (step == 1 && from <= to) {
        ways.add(
            Expression.sequence(
                new Expression.Characters(CodePoints.of('0' + from, '0' + to)), free(left - 1, 0)));
      }
      for (int digit = from; step > 1 && digit <= to; digit++) {
        ways.add(digit(digit, free(left - 1, next(remainder, digit))));
      }
      Expression goOn = withPoint(left, new Expression.Choice(ways));
      return mayEndEarly && left <= scale && !bound ? Expression.optional(goOn) : goOn;
    }
  }

  private static boolean consistsOf(char digit, String digits, int from) {
    for (int i = from; i < digits.length(); i++) {
      if (digits.charAt(i) != digit) {
        return false;
      }
    }
    return true;
  }

  private static Expression digit(int digit, Expression rest) {
    return Expression.sequence(Expression.text(Integer.toString(digit)), rest);
  }

  private int next(int remainder, int digit) {
    return (remainder * 10 + digit) % step;
  }

  private Expression withPoint(int left, Expression digits) {
    return left == scale && scale > 0 ? Expression.sequence(Expression.text("."), digits) : digits;
  }

  /// Any digits that leave no remainder.
  private Expression free(int left, int remainder) {
    if (left == 0) {
      return remainder == 0 ? Expression.EMPTY : Expression.NOTHING;
    }
    if (step == 1) {
      // Put together by hand: there is one for every digit of every bound.
      String name =
          left + " digits, " + scale + " behind the point" + (mayEndEarly ? " at most" : "");
      rules.computeIfAbsent(name, _ -> anyDigits(left));
      return new Expression.Rule(name);
    }
    String name =
        "multiple of " + step + " at " + scale + ": " + left + " left, " + remainder + " over";
    if (!rules.containsKey(name)) {
      takes.accept(10 * Size.DIGIT);
      rules.put(name, Expression.NOTHING);
      List<Expression> ways = new ArrayList<>();
      for (int digit = 0; digit <= 9; digit++) {
        ways.add(digit(digit, free(left - 1, next(remainder, digit))));
      }
      rules.put(name, withPoint(left, new Expression.Choice(ways)));
    }
    return new Expression.Rule(name);
  }

  private Expression anyDigits(int left) {
    if (left > scale) {
      Expression whole = Expression.times(left - scale, left - scale, JsonText.DIGIT_CHARACTER);
      return scale == 0 ? whole : Expression.sequence(whole, anyDigits(scale));
    }
    if (left < scale) {
      return Expression.times(mayEndEarly ? 0 : left, left, JsonText.DIGIT_CHARACTER);
    }
    Expression fraction =
        Expression.sequence(
            Expression.text("."),
            Expression.times(mayEndEarly ? 1 : left, left, JsonText.DIGIT_CHARACTER));
    return mayEndEarly ? Expression.optional(fraction) : fraction;
  }
}
