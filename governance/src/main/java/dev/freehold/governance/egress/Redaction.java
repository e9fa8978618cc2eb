package dev.freehold.governance.egress;

import java.util.List;

/// Takes identifiers and secrets out of what is kept, by the eyes of the gate.
///
/// Safe for use by many threads at once.
public final class Redaction {

  private static final Scanner SCANNER = new StandardScanner();

  private Redaction() {}

  /// The text with each finding replaced by its kind, `<IBAN>` for instance.
  public static String of(String text) {
    List<Finding> findings = SCANNER.scan(text);
    if (findings.isEmpty()) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    int at = 0;
    for (Finding finding : findings) {
      out.append(text, at, finding.start()).append('<').append(finding.kind()).append('>');
      at = finding.end();
    }
    return out.append(text, at, text.length()).toString();
  }
}
