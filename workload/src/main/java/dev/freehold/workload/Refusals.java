package dev.freehold.workload;

import java.util.List;
import java.util.Locale;

/// Tells answers that refuse from those that help, by how they begin; in English, French and
/// German.
///
/// A sign for the guards, not a grade: it compares a candidate with a limit, and misses the subtle.
final class Refusals {

  private static final int BEGINNING = 200;
  private static final List<String> SIGNS =
      List.of(
          "i can't help",
          "i cannot help",
          "i can't assist",
          "i cannot assist",
          "i'm sorry, but i",
          "i am sorry, but i",
          "i'm unable to",
          "i am unable to",
          "i won't be able to",
          "i must decline",
          "as an ai",
          "je ne peux pas",
          "je ne suis pas en mesure",
          "je suis désolé, mais",
          "désolé, mais je",
          "en tant qu'ia",
          "ich kann ihnen dabei nicht",
          "ich kann dabei nicht",
          "dabei kann ich nicht",
          "es tut mir leid, aber",
          "tut mir leid, aber ich",
          "als ki");

  private Refusals() {}

  static boolean refuses(String answer) {
    String start = answer.strip();
    start = start.substring(0, Math.min(BEGINNING, start.length()));
    String plain = start.toLowerCase(Locale.ROOT).replace('’', '\'');
    return SIGNS.stream().anyMatch(plain::contains);
  }
}
