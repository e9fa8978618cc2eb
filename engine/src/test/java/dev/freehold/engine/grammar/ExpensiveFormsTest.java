package dev.freehold.engine.grammar;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.ResponseFormat;
import dev.freehold.fixture.Mutants;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Forms as large as they may be sent, each made of what one part of the reading might take the
/// square of, or worse. They are read in a process of little memory; before they were counted by
/// [Size] as they are read, half of them took minutes or all there was. How long each takes, in
/// processor time, a run with more of them tells: [Mutants].
class ExpensiveFormsTest {

  private static final int LONGEST = 249_000;

  /// What is short is refused for what it means, and not for its length.
  private static final int[] LENGTHS_OF_TEXTS = {LONGEST, 15_000, 60_000};

  private static final int USUAL = 100;

  /// What a form is made of.
  enum Kind {
    INTEGERS {
      @Override
      String text(Random random, int longest) {
        int digits = 1 + random.nextInt(15);
        return properties(
            longest,
            i ->
                "{\"type\":\"integer\",\"minimum\":-%d,\"maximum\":%d}"
                    .formatted(digits(random, digits), digits(random, digits)),
            3_000);
      }
    },
    NUMBERS {
      @Override
      String text(Random random, int longest) {
        int places = 1 + random.nextInt(50);
        return properties(
            longest,
            i ->
                "{\"type\":\"number\",\"exclusiveMinimum\":%s,\"maximum\":%d.%s}"
                    .formatted(-i, i, "9".repeat(places)),
            3_000);
      }
    },
    EXPONENTS {
      @Override
      String text(Random random, int longest) {
        return random.nextBoolean()
            ? anyOf(longest, i -> "{\"minimum\":%de53}".formatted(100_000 + i))
            : anyOf(longest, i -> "{\"minimum\":%de-60}".formatted(1 + i));
      }
    },
    STEPS {
      @Override
      String text(Random random, int longest) {
        return anyOf(
            longest,
            i ->
                "{\"multipleOf\":%s}"
                    .formatted(
                        new BigDecimal(BigInteger.valueOf(1 + random.nextInt(1_000)), i % 15)
                            .toPlainString()));
      }
    },
    LENGTHS {
      @Override
      String text(Random random, int longest) {
        return properties(
            longest,
            i -> "{\"type\":\"string\",\"minLength\":%d,\"maxLength\":%d}".formatted(i, 2 * i + 9),
            3_000);
      }
    },
    ITEMS {
      @Override
      String text(Random random, int longest) {
        return properties(
            longest,
            i -> "{\"type\":\"array\",\"minItems\":%d,\"maxItems\":%d}".formatted(i, 2 * i + 9),
            3_000);
      }
    },
    ALTERNATIVES {
      @Override
      String text(Random random, int longest) {
        String one =
            new String[] {"{}", "true", "false", "{\"type\":\"object\"}", "{\"minItems\":9}"}
                [random.nextInt(5)];
        return anyOf(longest, _ -> one);
      }
    },
    OBJECTS {
      @Override
      String text(Random random, int longest) {
        int most = 1 + random.nextInt(3_000);
        return filled(
            longest,
            "{\"anyOf\":[",
            i -> "{\"properties\":{\"a\":{\"const\":%d}}}".formatted(i),
            "]}",
            most);
      }
    },
    VALUES {
      @Override
      String text(Random random, int longest) {
        int kind = random.nextInt(3);
        return filled(
            longest,
            "{\"enum\":[",
            i ->
                kind == 0
                    ? Integer.toString(i)
                    : kind == 1 ? "1e" + i : "\"%d\"".formatted(i * 31L),
            "]}",
            LONGEST);
      }
    },
    COLLIDING_VALUES {
      @Override
      String text(Random random, int longest) {
        String form = random.nextBoolean() ? "\"%s\"" : "[\"%s\"]";
        return filled(longest, "{\"enum\":[", i -> form.formatted(colliding(i)), "]}", 8_192);
      }
    },
    COLLIDING_NAMES {
      @Override
      String text(Random random, int longest) {
        return filled(
            longest,
            "{\"type\":\"object\",\"required\":[",
            i -> "\"%s\"".formatted(colliding(i)),
            "]}",
            8_192);
      }
    },
    NAMES {
      @Override
      String text(Random random, int longest) {
        String more = "n".repeat(random.nextInt(250));
        return filled(
            longest,
            "{\"additionalProperties\":{},\"properties\":{",
            i -> "\"%d%s\":{}".formatted(i, more),
            "}}",
            LONGEST);
      }
    },
    LETTERS {
      @Override
      String text(Random random, int longest) {
        int first = random.nextInt(2) == 0 ? 0x10000 : 0x100;
        return filled(
            longest,
            "{\"additionalProperties\":{},\"properties\":{",
            i -> "\"%s\":{}".formatted(Character.toString(first + 2 * i)),
            "}}",
            24_000);
      }
    },
    CLASSES {
      @Override
      String text(Random random, int longest) {
        int letters = 1 + random.nextInt(9_000);
        return anyOf(
            longest,
            _ ->
                "{\"pattern\":\"%s\"}"
                    .formatted(
                        IntStream.range(0, letters)
                            .mapToObj(i -> Character.toString(0x100 + 2 * i + random.nextInt(2)))
                            .collect(joining("", "[", "]"))));
      }
    },
    PATTERNS {
      @Override
      String text(Random random, int longest) {
        String part =
            new String[] {"[\\\\W\\\\S]", ".", "a|", "|", "a?", "(a{1,9}|b){2,9}", "\\\\s\\\\S"}
                [random.nextInt(7)];
        int times = 1 + random.nextInt(9_900 / part.length());
        return anyOf(longest, i -> "{\"pattern\":\"^%d%s\"}".formatted(i, part.repeat(times)));
      }
    },
    COUNTS {
      @Override
      String text(Random random, int longest) {
        return anyOf(
            longest,
            i ->
                "{\"pattern\":\"^(a{1,%d}|b{2,%d}){1,2}$\"}"
                    .formatted(1 + i % 4_999, 2 + random.nextInt(4_998)));
      }
    },
    FORMATS {
      @Override
      String text(Random random, int longest) {
        String[] formats = {"ipv6", "date-time", "duration", "email"};
        return anyOf(longest, i -> "{\"format\":\"%s\"}".formatted(formats[i % 4]));
      }
    },
    DEEP_PLACES {
      @Override
      String text(Random random, int longest) {
        int depth = 1 + random.nextInt(28);
        String inside =
            filled(
                longest,
                "{\"properties\":{",
                i -> "\"%d\":{\"minimum\":0}".formatted(i),
                "}}",
                9_000);
        return "{\"properties\":{\"%s\":".formatted("n".repeat(250)).repeat(depth)
            + inside
            + "}}".repeat(depth);
      }
    },
    SPELLED_REFERENCES {
      @Override
      String text(Random random, int longest) {
        String target = filled(longest, "{\"anyOf\":[", _ -> "{}", "]}", random.nextInt(3_500));
        return "{%s,\"$defs\":{\"%s\":%s}}"
            .formatted(
                filled(
                    longest,
                    "\"anyOf\":[",
                    i ->
                        IntStream.range(0, 12)
                            .mapToObj(bit -> (i >> bit & 1) == 0 ? "%" : "%25")
                            .collect(joining("", "{\"$ref\":\"#/$defs/", "\"}")),
                    "]",
                    2_400),
                "%".repeat(12),
                target);
      }
    },
    NESTED_REFERENCES {
      @Override
      String text(Random random, int longest) {
        int depth = 1 + random.nextInt(58);
        return "{\"anyOf\":[%s],\"$defs\":{\"a\":%s%s%s}}"
            .formatted(
                IntStream.range(0, depth)
                    .mapToObj(i -> "{\"$ref\":\"#/$defs/a%s\"}".formatted("/items".repeat(i)))
                    .collect(joining(",")),
                "{\"items\":".repeat(depth),
                filled(
                    longest,
                    "{\"properties\":{",
                    i -> "\"%d\":{\"minimum\":%d}".formatted(i, i),
                    "}}",
                    2_000),
                "}".repeat(depth));
      }
    },
    DENSE_REFERENCES {
      @Override
      String text(Random random, int longest) {
        int all = 2 + random.nextInt(100);
        return filled(
            longest,
            "{\"$ref\":\"#/$defs/0\",\"$defs\":{",
            i ->
                IntStream.range(i + 1, all)
                    .mapToObj(to -> ",{\"$ref\":\"#/$defs/%d\"}".formatted(to))
                    .collect(
                        joining("", "\"%d\":{\"anyOf\":[{\"type\":\"null\"}".formatted(i), "]}")),
            "}}",
            all);
      }
    },
    CHAINS {
      @Override
      String text(Random random, int longest) {
        int length = 1 + random.nextInt(6_000);
        return filled(
            longest,
            "{\"$ref\":\"#/$defs/0\",\"$defs\":{",
            i -> "\"%d\":{\"$ref\":\"#/$defs/%d\"}".formatted(i, (i + 1) % length),
            "}}",
            length);
      }
    },
    PREFIXES {
      @Override
      String text(Random random, int longest) {
        return filled(
            longest, "{\"prefixItems\":[", _ -> "{\"const\":null}", "],\"maxItems\":0}", LONGEST);
      }
    },
    TYPES {
      @Override
      String text(Random random, int longest) {
        return anyOf(
            longest, _ -> "{\"type\":[\"object\",\"array\",\"string\",\"number\",\"boolean\"]}");
      }
    },
    CONSTANTS {
      @Override
      String text(Random random, int longest) {
        int depth = random.nextInt(60);
        String one = random.nextBoolean() ? "1," : "\"\\u0001\",";
        return "{\"const\":%s%s0%s}"
            .formatted(
                "[".repeat(depth + 1),
                one.repeat(1 + random.nextInt(25_000)),
                "]".repeat(depth + 1));
      }
    };

    /// A schema of this kind.
    ///
    /// @param longest characters of it, or nearly so
    abstract String text(Random random, int longest);

    ResponseFormat form(int seed) {
      return new ResponseFormat.JsonSchema(
          "s",
          text(
              new Random(seed),
              LENGTHS_OF_TEXTS[seed / values().length % LENGTHS_OF_TEXTS.length]));
    }

    private static String filled(
        int longest, String begin, IntFunction<String> part, String end, int most) {
      var text = new StringBuilder(begin);
      for (int i = 0; i < most; i++) {
        String next = (i == 0 ? "" : ",") + part.apply(i);
        if (text.length() + next.length() + end.length() > longest) {
          break;
        }
        text.append(next);
      }
      return text.append(end).toString();
    }

    private static String properties(int longest, IntFunction<String> schema, int most) {
      return filled(
          longest,
          "{\"type\":\"object\",\"properties\":{",
          i -> "\"p%d\":%s".formatted(i, schema.apply(i)),
          "}}",
          most);
    }

    private static String anyOf(int longest, IntFunction<String> schema) {
      return filled(longest, "{\"anyOf\":[", schema, "]}", LONGEST);
    }

    private static long digits(Random random, int digits) {
      return random.nextLong((long) Math.pow(10, digits));
    }

    /// One of 8,192 texts with the same hash.
    private static String colliding(int which) {
      return IntStream.range(0, 13)
          .mapToObj(bit -> (which >> bit & 1) == 0 ? "Aa" : "BB")
          .collect(joining());
    }
  }

  @Test
  void expensiveFormsCompileOrAreRefusedInLittleMemory() {
    Mutants.checkApart(ExpensiveFormsTest.class, "expensive forms", USUAL, "96m");
  }

  private static boolean reads(int seed) {
    Kind[] kinds = Kind.values();
    Automaton automaton = Texts.automaton(kinds[seed % kinds.length].form(seed));
    assertThat(automaton.machine().network().size())
        .isLessThanOrEqualTo(NetworkBuilder.MOST_STATES);
    assertThat(automaton.machine().work()).isLessThan(Automaton.MOST_WORK);
    return true;
  }

  public static void main(String[] arguments) {
    Mutants.each(arguments[0], ExpensiveFormsTest::reads);
  }
}
