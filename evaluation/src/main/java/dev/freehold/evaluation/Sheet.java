package dev.freehold.evaluation;

import java.util.List;

/// What a report is written on, from top to bottom: HTML or PDF, with the same content.
interface Sheet {

  /// @param kind what sort of report it is
  /// @param title its title
  /// @param when what it is about and when it was made
  void title(String kind, String title, String when);

  void heading(String text);

  void paragraph(String text);

  /// The finding, to be seen first.
  ///
  /// @param kind `good`, `worse` or `open`
  void verdict(String kind, String word, String sentence, List<String> notes);

  /// A plot with a line below it; empty: none.
  void plot(Plot plot, String caption);

  /// A table; empty heads are not shown.
  void table(String caption, List<String> heads, List<List<String>> rows);

  void warnings(List<String> lines);

  /// A case on which two contestants differ, their answers side by side.
  void disagreement(Disagreement one, String incumbent, String candidate);
}
