package dev.freehold.teaching.recipe;

import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// In which words a question is answered: the piece that was asked for, with the words that limit
/// it or the unit of its column, or before its sentence. Where answers begin in many ways none of
/// them is likely, so that all begin with what was asked for or its limit.
///
/// Used by one thread.
final class Answers {

  private final Fact fact;
  private final Wordings words;
  private final Random random;

  Answers(Fact fact, Wordings words, Random random) {
    this.fact = fact;
    this.words = words;
    this.random = random;
  }

  /// One answer to a question for a piece of the fact; it holds that piece.
  String to(Span answer) {
    String said =
        switch (random.nextInt(12)) {
          case 0 -> answer.text() + ". " + fact.statement();
          case 1, 2, 3 -> fact.cell().map(Answers::measured).orElseGet(() -> limited(answer));
          default -> answer.text();
        };
    return capital(said);
  }

  private static String capital(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  /// A bare number with the unit that stands at the top of its column.
  static String measured(Fact.Cell cell) {
    Matcher unit = UNIT.matcher(cell.column());
    return cell.value().matches("[-+±−]?[\\d.,\\s]+") && unit.find()
        ? cell.value() + " " + unit.group(1)
        : cell.value();
  }

  private static final Pattern UNIT = Pattern.compile("[\\s(]([\\p{L}%°/²³]{1,4})\\)?$");

  /// With what limits it, as far as it stands before it.
  String limited(Span answer) {
    return fact.statement().substring(limit(answer), answer.end());
  }

  private int limit(Span answer) {
    String before = fact.statement().substring(0, answer.start()).toLowerCase(Locale.ROOT);
    int start = answer.start();
    for (String limit : words.limits()) {
      String end = limit + (limit.endsWith("'") ? "" : " ");
      boolean whole =
          before.endsWith(end)
              && (before.length() == end.length()
                  || !Character.isLetterOrDigit(before.charAt(before.length() - end.length() - 1)));
      if (whole) {
        start = Math.min(start, answer.start() - end.length());
      }
    }
    return start;
  }
}
