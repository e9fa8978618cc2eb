package dev.freehold.governance.egress;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;

/// Identifiers and secrets in a text, undisguised, with escapes undone, and inside one level of
/// Base64.
///
/// Safe for use by many threads at once.
final class StandardScanner implements Scanner {

  private static final int SHORTEST_BASE64 = 12;

  @Override
  public List<Finding> scan(String text) {
    List<Finding> found = new ArrayList<>();
    Plain plain = Plain.of(text, false);
    both(plain, found);
    if (text.indexOf('%') >= 0 || text.indexOf('\\') >= 0 || text.indexOf('&') >= 0) {
      both(Plain.of(text, true), found);
    }
    encoded(plain, found);
    return apart(found);
  }

  private static void both(Plain plain, List<Finding> found) {
    SecretScanner.scan(plain, found);
    IdentifierScanner.scan(plain, found);
  }

  /// Of those that overlap, the one that begins first and ends last.
  private static List<Finding> apart(List<Finding> found) {
    found.sort(
        Comparator.comparingInt(Finding::start)
            .thenComparing(Comparator.comparingInt(Finding::end).reversed()));
    List<Finding> apart = new ArrayList<>();
    for (Finding one : found) {
      if (apart.isEmpty() || !apart.getLast().overlaps(one)) {
        apart.add(one);
      } else if (one.end() > apart.getLast().end()) {
        Finding last = apart.removeLast();
        apart.add(new Finding(last.kind(), last.start(), one.end(), last.value() + one.value()));
      }
    }
    return apart;
  }

  private static void encoded(Plain plain, List<Finding> found) {
    String text = plain.text();
    for (int i = 0; i < text.length(); ) {
      if (!base64(text.charAt(i))) {
        i++;
        continue;
      }
      StringBuilder run = new StringBuilder();
      int end = i;
      while (end < text.length()) {
        char c = text.charAt(end);
        // Lines of an encoded text are long, and all but the last of the same length.
        boolean wrapped =
            c == '\n'
                && run.length() >= 32
                && end + 1 < text.length()
                && base64(text.charAt(end + 1));
        if (!base64(c) && !wrapped) {
          break;
        }
        if (!wrapped) {
          run.append(c == '-' ? '+' : c == '_' ? '/' : c);
        }
        end++;
      }
      if (run.length() >= SHORTEST_BASE64) {
        inside(plain, i, end, run.toString(), found);
      }
      i = end;
    }
  }

  private static boolean base64(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '+'
        || c == '/'
        || c == '-'
        || c == '_';
  }

  private static void inside(Plain plain, int start, int end, String run, List<Finding> found) {
    // What stands before it may have been taken for a part of it.
    for (int skipped = 0; skipped < 4; skipped++) {
      String aligned = run.substring(skipped);
      String whole =
          aligned.length() % 4 == 1 ? aligned.substring(0, aligned.length() - 1) : aligned;
      byte[] bytes = Base64.getDecoder().decode(whole);
      String decoded = text(bytes);
      if (decoded.isEmpty()) {
        continue;
      }
      List<Finding> within = new ArrayList<>();
      both(Plain.of(decoded, false), within);
      if (!within.isEmpty()) {
        found.add(
            new Finding(
                within.getFirst().kind(),
                plain.start(start),
                plain.end(end),
                plain.text().substring(start, end)));
        return;
      }
    }
  }

  /// The text in these bytes; empty where they are none.
  private static String text(byte[] bytes) {
    int printable = 0;
    for (byte b : bytes) {
      printable += b >= ' ' || b == '\n' || b == '\t' || b == '\r' || b < 0 ? 1 : 0;
    }
    if (printable < bytes.length) {
      return "";
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException _) {
      return "";
    }
  }
}
