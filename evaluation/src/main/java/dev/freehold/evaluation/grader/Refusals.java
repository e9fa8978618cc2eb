package dev.freehold.evaluation.grader;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Whether an answer says that it gives none, in English, French or German.
public final class Refusals {

  private static final List<Pattern> SIGNS =
      List.of(
          sign(
              "\\b(i|we)( am|'m| are|'re)? (do not|don't|cannot|can't|could not|couldn't|unable to|not able to) (know|answer|find|help|provide|say|tell|assist|comply|determine)"),
          sign(
              "\\b(is|are|was|were) (not|n't) (mentioned|stated|specified|given|available|contained|included|found|in the (documents?|passages?|text|context))"),
          sign("\\bno (information|answer|mention)\\b"),
          sign("\\bnot enough information\\b"),
          sign("\\bi('m| am) (sorry|afraid),? (but )?(i|that|this)\\b"),
          sign("\\bthe (documents?|passages?|text|context) (do|does)(n't| not)\\b"),
          sign("\\b(je|nous) ne (sais|savons|peux|pouvons|trouve|trouvons|dispose)"),
          sign("\\b(n'est|ne sont) pas (mentionn|indiqu|pr[ée]cis|dans|disponible)"),
          sign("\\baucune (information|mention|r[ée]ponse)"),
          sign(
              "\\b(wei(ß|ss)|kann|finde|wissen|k[öo]nnen|finden) (ich|wir)\\b[^.]{0,60}\\bnicht\\b"),
          sign(
              "\\b(ich|wir) (wei(ß|ss)|wissen|kann|k[öo]nnen|finde|finden)\\b[^.]{0,60}\\bnicht\\b"),
          sign(
              "\\b(steht|stehen|findet sich|geht|ist|sind|wird|werden)\\b[^.]{0,60}\\bnicht\\b[^.]{0,40}\\b(dokument|unterlagen|angegeben|erw[äa]hnt|hervor|enthalten|verf[üu]gbar)"),
          sign("\\bkeine (information|angabe|antwort|auskunft)"));

  private Refusals() {}

  private static Pattern sign(String pattern) {
    return Pattern.compile(pattern, Pattern.UNICODE_CASE | Pattern.UNICODE_CHARACTER_CLASS);
  }

  /// Whether it does; an empty answer is none.
  public static boolean refuses(String answer) {
    String even = answer.toLowerCase(Locale.ROOT).replace('’', '\'');
    return even.isBlank() || SIGNS.stream().anyMatch(sign -> sign.matcher(even).find());
  }
}
