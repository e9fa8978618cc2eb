package dev.freehold.governance.egress;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What stands in a request for what must not leave: `<IBAN_1>` for the first account number and
/// wherever the same one comes again.
///
/// Belongs to one thread.
final class Placeholders {

  private final String all;
  private final Map<String, String> byValue = new HashMap<>();
  private final Map<String, String> originals = new LinkedHashMap<>();

  /// @param all everything that leaves: no placeholder that already stands there is used
  Placeholders(String all) {
    this.all = all;
  }

  /// The text with each finding replaced.
  String replace(String text, List<Finding> findings) {
    StringBuilder out = new StringBuilder(text.length());
    int at = 0;
    for (Finding finding : findings) {
      String original = text.substring(finding.start(), finding.end());
      out.append(text, at, finding.start())
          .append(
              byValue.computeIfAbsent(
                  finding.kind() + "\n" + finding.value(), _ -> fresh(finding.kind(), original)));
      at = finding.end();
    }
    return out.append(text, at, text.length()).toString();
  }

  private String fresh(Kind kind, String original) {
    for (int number = 1; ; number++) {
      String placeholder = "<%s_%d>".formatted(kind.name(), number);
      if (!originals.containsKey(placeholder) && !all.contains(placeholder)) {
        originals.put(placeholder, original);
        return placeholder;
      }
    }
  }

  boolean isEmpty() {
    return originals.isEmpty();
  }

  /// Turns placeholders back in an answer that comes in pieces.
  Restoring restoring() {
    return new Restoring(Map.copyOf(originals));
  }

  /// Turns placeholders back inside the strings of a JSON text that comes in pieces.
  Restoring restoringJson() {
    Map<String, String> escaped = new HashMap<>();
    originals.forEach((placeholder, original) -> escaped.put(placeholder, escaped(original)));
    return new Restoring(escaped);
  }

  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /// Belongs to one thread.
  static final class Restoring {
    private final Map<String, String> originals;
    private final List<String> placeholders;
    private final StringBuilder held = new StringBuilder();

    private Restoring(Map<String, String> originals) {
      this.originals = originals;
      this.placeholders = new ArrayList<>(originals.keySet());
    }

    /// What can be said now that this piece has come: all but what may be the beginning of a
    /// placeholder.
    String accept(String piece) {
      held.append(piece);
      StringBuilder out = new StringBuilder();
      int at = 0;
      while (at < held.length()) {
        if (held.charAt(at) != '<') {
          out.append(held.charAt(at++));
          continue;
        }
        int from = at;
        String whole =
            placeholders.stream().filter(one -> startsWith(from, one)).findFirst().orElse("");
        if (!whole.isEmpty()) {
          out.append(originals.get(whole));
          at += whole.length();
        } else if (placeholders.stream().anyMatch(one -> mayBecome(from, one))) {
          break;
        } else {
          out.append(held.charAt(at++));
        }
      }
      held.delete(0, at);
      return out.toString();
    }

    private boolean startsWith(int at, String placeholder) {
      return held.length() - at >= placeholder.length()
          && held.substring(at, at + placeholder.length()).equals(placeholder);
    }

    private boolean mayBecome(int at, String placeholder) {
      int there = held.length() - at;
      return there < placeholder.length() && placeholder.startsWith(held.substring(at));
    }

    /// What was held back, now that nothing more comes.
    String finish() {
      String rest = held.toString();
      held.setLength(0);
      return rest;
    }
  }
}
