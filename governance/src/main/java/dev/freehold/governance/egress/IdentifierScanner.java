package dev.freehold.governance.egress;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Finds numbers that carry a checksum, however they are written: whole, in the groups that people
/// use, or in equal groups with one kind of separator.
///
/// Own matchers instead of regular expressions: each place is looked at a bounded number of times,
/// so the time is linear whatever the text.
final class IdentifierScanner {

  private static final int LONGEST = 19;
  private static final String SEPARATORS = " .-_/*\n";

  private IdentifierScanner() {}

  /// A run of digits.
  private record Group(int start, int end) {
    int size() {
      return end - start;
    }
  }

  static void scan(Plain plain, List<Finding> found) {
    String text = plain.text();
    letters(plain, text, found);
    List<Group> chain = new ArrayList<>();
    for (int i = 0; i < text.length(); ) {
      if (!digit(text, i)) {
        i++;
        continue;
      }
      int end = i;
      while (digit(text, end)) {
        end++;
      }
      Group group = new Group(i, end);
      if (!chain.isEmpty() && !linked(text, chain.getLast(), group)) {
        windows(plain, chain, found);
        chain.clear();
      }
      chain.add(group);
      i = end;
    }
    windows(plain, chain, found);
  }

  private static boolean digit(String text, int i) {
    return i >= 0 && i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9';
  }

  private static boolean alphanumeric(String text, int i) {
    return i >= 0 && i < text.length() && Character.isLetterOrDigit(text.charAt(i));
  }

  private static boolean linked(String text, Group one, Group next) {
    int gap = next.start() - one.end();
    return (gap == 1 && SEPARATORS.indexOf(text.charAt(one.end())) >= 0)
        || (gap == 2 && text.startsWith("  ", one.end()))
        || (gap == 3 && text.startsWith(" - ", one.end()));
  }

  private static void windows(Plain plain, List<Group> chain, List<Finding> found) {
    for (int first = 0; first < chain.size(); ) {
      first = Math.max(first + 1, longest(plain, chain, first, found));
    }
  }

  /// The longest number that begins at this group; returns the group after it, or 0.
  private static int longest(Plain plain, List<Group> chain, int first, List<Finding> found) {
    String text = plain.text();
    if (alphanumeric(text, chain.get(first).start() - 1)) {
      return 0;
    }
    StringBuilder digits = new StringBuilder();
    Finding best = null;
    int after = 0;
    for (int last = first; last < chain.size(); last++) {
      Group group = chain.get(last);
      if (digits.length() + group.size() > LONGEST) {
        break;
      }
      digits.append(text, group.start(), group.end());
      if (alphanumeric(text, group.end()) || digits.length() < 11) {
        continue;
      }
      Kind kind = number(digits.toString(), chain, first, last, text);
      if (kind != null) {
        best =
            new Finding(
                kind,
                plain.start(chain.get(first).start()),
                plain.end(group.end()),
                digits.toString());
        after = last + 1;
      }
    }
    if (best != null) {
      found.add(best);
    }
    return after;
  }

  private static @org.jspecify.annotations.Nullable Kind number(
      String digits, List<Group> chain, int first, int last, String text) {
    List<Integer> sizes = new ArrayList<>();
    for (int i = first; i <= last; i++) {
      sizes.add(chain.get(i).size());
    }
    boolean anyhow = sizes.size() == 1 || evenly(chain, first, last, text, sizes);
    return switch (digits.length()) {
      case 11 -> {
        if ((anyhow || sizes.equals(List.of(2, 3, 3, 3))) && Checksums.steuerId(digits)) {
          yield Kind.STEUER_ID;
        }
        yield (anyhow || sizes.equals(List.of(2, 2, 2, 3, 2)) || sizes.equals(List.of(6, 3, 2)))
                && Checksums.belgian(digits)
            ? Kind.BELGIAN_NUMBER
            : null;
      }
      case 13 ->
          (anyhow || sizes.equals(List.of(3, 4, 4, 2))) && Checksums.ahv(digits) ? Kind.AHV : null;
      case 14 -> {
        if ((anyhow || sizes.equals(List.of(3, 3, 3, 5)) || sizes.equals(List.of(9, 5)))
            && Checksums.siret(digits)) {
          yield Kind.SIRET;
        }
        yield card(digits, anyhow, sizes);
      }
      case 15 ->
          (anyhow || sizes.equals(List.of(1, 2, 2, 2, 3, 3, 2)) || sizes.equals(List.of(13, 2)))
                  && Checksums.nir(digits)
              ? Kind.NIR
              : card(digits, anyhow, sizes);
      default -> card(digits, anyhow, sizes);
    };
  }

  private static @org.jspecify.annotations.Nullable Kind card(
      String digits, boolean anyhow, List<Integer> sizes) {
    boolean usual =
        sizes.equals(List.of(4, 4, 4, 4))
            || sizes.equals(List.of(4, 6, 5))
            || sizes.equals(List.of(4, 6, 4))
            || sizes.equals(List.of(4, 4, 4, 4, 3));
    return digits.length() >= 14 && (anyhow || usual) && Checksums.card(digits) ? Kind.CARD : null;
  }

  /// Equal groups (the last may be shorter) with one kind of separator and nothing linked around
  /// them: nobody writes so but to write one number.
  private static boolean evenly(
      List<Group> chain, int first, int last, String text, List<Integer> sizes) {
    if (first > 0 || last < chain.size() - 1) {
      return false;
    }
    int size = sizes.getFirst();
    String separator = text.substring(chain.get(first).end(), chain.get(first + 1).start());
    for (int i = 0; i < sizes.size(); i++) {
      boolean even = sizes.get(i) == size || (i == sizes.size() - 1 && sizes.get(i) < size);
      if (!even
          || (i > 0
              && !text.substring(chain.get(first + i - 1).end(), chain.get(first + i).start())
                  .equals(separator))) {
        return false;
      }
    }
    return true;
  }

  /// Those with letters in them.
  private static void letters(Plain plain, String text, List<Finding> found) {
    for (int i = 0; i < text.length(); i++) {
      if (!alphanumeric(text, i) || alphanumeric(text, i - 1)) {
        continue;
      }
      char first = Character.toUpperCase(text.charAt(i));
      if (first >= 'A' && first <= 'Z') {
        boolean known =
            iban(plain, i, found) || collected(plain, i, 16, Kind.CODICE_FISCALE, found);
        if (!known && first >= 'X') {
          collected(plain, i, 9, Kind.DNI, found);
        }
      } else if (first >= '0' && first <= '9' && !collected(plain, i, 15, Kind.NIR, found)) {
        collected(plain, i, 9, Kind.DNI, found);
      }
    }
  }

  private static boolean iban(Plain plain, int start, List<Finding> found) {
    String text = plain.text();
    if (start + 1 >= text.length() || !Character.isLetter(text.charAt(start + 1))) {
      return false;
    }
    String country = text.substring(start, start + 2).toUpperCase(Locale.ROOT);
    int length = Checksums.ibanLength(country);
    return length > 0 && collected(plain, start, length, Kind.IBAN, found);
  }

  /// The next `length` letters and digits, at most one separator between two of them.
  private static boolean collected(
      Plain plain, int start, int length, Kind kind, List<Finding> found) {
    String text = plain.text();
    StringBuilder value = new StringBuilder();
    int at = start;
    while (value.length() < length) {
      if (at < text.length() && ascii(text.charAt(at))) {
        value.append(Character.toUpperCase(text.charAt(at++)));
        if (!fits(kind, value.length() - 1, value.charAt(value.length() - 1))) {
          return false;
        }
      } else if (at + 1 < text.length()
          && SEPARATORS.indexOf(text.charAt(at)) >= 0
          && ascii(text.charAt(at + 1))
          && !value.isEmpty()) {
        at++;
      } else {
        return false;
      }
    }
    if (alphanumeric(text, at)) {
      return false;
    }
    String whole = value.toString();
    boolean valid =
        switch (kind) {
          case IBAN -> Checksums.iban(whole);
          case CODICE_FISCALE -> Checksums.codiceFiscale(whole);
          case NIR -> whole.charAt(5) == '2' && whole.charAt(6) > '9' && Checksums.nir(whole);
          case DNI -> Checksums.dni(whole);
          default -> false;
        };
    if (valid) {
      found.add(new Finding(kind, plain.start(start), plain.end(at), whole));
    }
    return valid;
  }

  /// Whether a character may stand there at all: most words are left after a letter or two.
  private static boolean fits(Kind kind, int place, char c) {
    boolean digit = c >= '0' && c <= '9';
    return switch (kind) {
      case IBAN -> (place != 2 && place != 3) || digit;
      case CODICE_FISCALE -> digit == (place > 5 && place != 8 && place != 11 && place != 15);
      case NIR -> place == 6 ? c == 'A' || c == 'B' : digit;
      case DNI -> place == 0 || (place == 8) != digit;
      default -> true;
    };
  }

  private static boolean ascii(char c) {
    return c < 0x80 && Character.isLetterOrDigit(c);
  }
}
