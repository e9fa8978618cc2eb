package dev.freehold.evaluation.grader;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Numbers as people and models write them: `1,234.5`, `1.234,5`, `1 234,5`, `-3`, `1e6`.
///
/// A number that can be read in two ways, as `1.234` can, keeps both readings.
final class SpokenNumbers {

  private static final Pattern NUMBER =
      Pattern.compile(
          "(?<![\\p{L}\\p{N}_.,])[-−+]?(?:\\d{1,3}(?:[.,'’\\x{20}\\u00a0\\u202f]\\d{3})+|\\d+)(?:[.,]\\d+)?(?:[eE][-+]?\\d+)?");

  private SpokenNumbers() {}

  /// Each number of a text with its readings, in order.
  static List<List<Double>> in(String text) {
    List<List<Double>> found = new ArrayList<>();
    Matcher matcher = NUMBER.matcher(text);
    while (matcher.find()) {
      found.add(readings(matcher.group().replace('−', '-')));
    }
    return found;
  }

  private static List<Double> readings(String written) {
    String plain = written.replaceAll("['’\\x{20}\\u00a0\\u202f]", "");
    int comma = plain.lastIndexOf(',');
    int point = plain.lastIndexOf('.');
    List<Double> readings = new ArrayList<>();
    if (comma < 0 && point < 0) {
      readings.add(Double.parseDouble(plain));
      return readings;
    }
    char last = comma > point ? ',' : '.';
    String other = last == ',' ? "." : ",";
    boolean once = plain.indexOf(last) == plain.lastIndexOf(last);
    if (once) {
      readings.add(Double.parseDouble(plain.replace(other, "").replace(last, '.')));
    }
    boolean grouping = plain.matches("[-+]?\\d{1,3}(?:[.,]\\d{3})+");
    if (grouping && (comma < 0 || point < 0)) {
      readings.add(Double.parseDouble(plain.replace(".", "").replace(",", "")));
    }
    return readings;
  }
}
