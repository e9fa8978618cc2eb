package dev.freehold.governance.egress;

import java.util.ArrayList;
import java.util.List;

/// What was found in a request.
///
/// @param each the findings in each text, in the order of the texts
/// @param split kinds that stand across the border of two texts: these cannot be replaced
record Inspection(List<List<Finding>> each, List<Kind> split) {

  /// Looks at every text, and at those that follow each other as if they were one: a number that
  /// was divided over two messages is one number to whoever reads them.
  static Inspection of(Leaving leaving, Scanner scanner) {
    List<List<Finding>> each = new ArrayList<>();
    for (Leaving.Text text : leaving.texts()) {
      each.add(scanner.scan(text.text()));
    }
    List<Kind> split = new ArrayList<>();
    if (leaving.texts().size() > 1) {
      across(
          leaving.texts().stream().filter(one -> one.place() != Leaving.Place.NAME).toList(),
          scanner,
          split);
      across(
          leaving.texts().stream().filter(one -> one.place() == Leaving.Place.USER).toList(),
          scanner,
          split);
    }
    return new Inspection(each, split);
  }

  private static void across(List<Leaving.Text> texts, Scanner scanner, List<Kind> split) {
    StringBuilder all = new StringBuilder();
    List<Integer> borders = new ArrayList<>();
    for (Leaving.Text text : texts) {
      if (!all.isEmpty()) {
        borders.add(all.length());
      }
      all.append(text.text());
    }
    int next = 0;
    for (Finding finding : scanner.scan(all.toString())) {
      while (next < borders.size() && borders.get(next) <= finding.start()) {
        next++;
      }
      if (next < borders.size() && borders.get(next) < finding.end()) {
        split.add(finding.kind());
      }
    }
  }

  boolean clean() {
    return split.isEmpty() && each.stream().allMatch(List::isEmpty);
  }

  List<String> kinds() {
    List<Kind> kinds = new ArrayList<>(split);
    each.forEach(found -> found.forEach(finding -> kinds.add(finding.kind())));
    return kinds.stream().distinct().sorted().map(Kind::name).toList();
  }
}
