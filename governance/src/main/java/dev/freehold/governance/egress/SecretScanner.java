package dev.freehold.governance.egress;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// Finds keys, tokens and passwords by how they begin, and what is random behind the word password.
///
/// Own matchers, as in [IdentifierScanner], and for the same reason. The prefixes are the ones that
/// the issuers publish for scanners such as gitleaks.
final class SecretScanner {

  /// @param prefix how it begins
  /// @param least characters that must follow
  /// @param marks characters beside letters and digits that may follow
  private record Rule(String prefix, int least, String marks) {}

  private static final List<Rule> RULES =
      List.of(
          new Rule("AKIA", 16, ""),
          new Rule("ASIA", 16, ""),
          new Rule("ghp_", 36, ""),
          new Rule("gho_", 36, ""),
          new Rule("ghu_", 36, ""),
          new Rule("ghs_", 36, ""),
          new Rule("ghr_", 36, ""),
          new Rule("github_pat_", 40, "_"),
          new Rule("glpat-", 20, "_-"),
          new Rule("xoxb-", 20, "-"),
          new Rule("xoxp-", 20, "-"),
          new Rule("xoxa-", 20, "-"),
          new Rule("xoxs-", 20, "-"),
          new Rule("xapp-", 20, "-"),
          new Rule("sk-", 20, "_-"),
          new Rule("AIza", 35, "_-"),
          new Rule("GOCSPX-", 20, "_-"),
          new Rule("ya29.", 20, "_-"),
          new Rule("sk_live_", 16, ""),
          new Rule("sk_test_", 16, ""),
          new Rule("rk_live_", 16, ""),
          new Rule("whsec_", 20, "+/"),
          new Rule("npm_", 36, ""),
          new Rule("pypi-AgE", 40, "_-"),
          new Rule("hf_", 30, ""),
          new Rule("SG.", 40, "._-"),
          new Rule("dop_v1_", 60, ""),
          new Rule("shpat_", 32, ""),
          new Rule("dapi", 32, ""),
          new Rule("gsk_", 40, ""),
          new Rule("r8_", 30, ""),
          new Rule("pplx-", 40, ""),
          new Rule("AGE-SECRET-KEY-1", 50, ""),
          new Rule("hvs.", 24, "_-"),
          new Rule("fh-", 40, "_-"),
          new Rule("fs-", 40, "_-"));

  private static final Map<Character, List<Rule>> BY_FIRST =
      RULES.stream().collect(Collectors.groupingBy(rule -> rule.prefix().charAt(0)));

  private static final List<String> WORDS =
      List.of(
          "password",
          "passwd",
          "passwort",
          "kennwort",
          "mot de passe",
          "pwd",
          "secret",
          "api_key",
          "apikey",
          "api-key",
          "access_key",
          "auth_token",
          "client_secret");

  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  // So that no text makes us look at a place more often than this.
  private static final int LONGEST_PASSWORD = 200;
  private static final int LONGEST_KEY = 2048;
  private static final int LONGEST_HEADER = 2048;
  private static final int LONGEST_CLAIMS = 32 * 1024;

  private SecretScanner() {}

  static void scan(Plain plain, List<Finding> found) {
    String text = plain.text();
    for (int i = 0; i < text.length(); i++) {
      char before = i == 0 ? ' ' : text.charAt(i - 1);
      char c = text.charAt(i);
      if (!wordly(before) && wordly(c)) {
        prefixed(plain, i, found);
        if (c == 'e' && text.startsWith("eyJ", i)) {
          jwt(plain, i, found);
        }
      }
      if (c == '-' && before != '-' && text.startsWith(BEGIN, i)) {
        i = Math.max(i, pem(plain, i, found) - 1);
      }
      if (c == ':' && text.startsWith("://", i)) {
        address(plain, i + 3, found);
      }
    }
    passwords(plain, found);
  }

  private static boolean wordly(char c) {
    return c < 0x80 && (Character.isLetterOrDigit(c) || c == '_');
  }

  private static int run(String text, int start, String marks, int longest) {
    int end = start;
    while (end < text.length() && end - start < longest) {
      char c = text.charAt(end);
      if (!(c < 0x80 && Character.isLetterOrDigit(c)) && marks.indexOf(c) < 0) {
        break;
      }
      end++;
    }
    return end;
  }

  private static void prefixed(Plain plain, int i, List<Finding> found) {
    String text = plain.text();
    for (Rule rule : BY_FIRST.getOrDefault(text.charAt(i), List.of())) {
      if (text.startsWith(rule.prefix(), i)) {
        int start = i + rule.prefix().length();
        int end = run(text, start, rule.marks(), LONGEST_KEY);
        if (end - start >= rule.least() && key(rule, text.substring(start, end))) {
          add(plain, Kind.PREFIXED_KEY, i, end, found);
          return;
        }
      }
    }
  }

  /// Words and identifiers of programs are not random; keys are. A prefix that is also a beginning
  /// of words asks for more.
  private static boolean key(Rule rule, String rest) {
    boolean capitals = rest.chars().anyMatch(Character::isUpperCase);
    return rule.prefix().equals("sk-")
        ? random(rest) || (capitals && rest.indexOf('-') < 0 && entropy(rest) > 3.8)
        : entropy(rest) > 2.8;
  }

  /// Holds letters and digits and repeats itself little.
  private static boolean random(String text) {
    return text.chars().anyMatch(Character::isDigit)
        && text.chars().anyMatch(Character::isLetter)
        && entropy(text) > 2.8;
  }

  /// Shannon's, in bits a character.
  static double entropy(String text) {
    int[] counts = new int[128];
    for (int i = 0; i < text.length(); i++) {
      counts[text.charAt(i) & 0x7f]++;
    }
    double bits = 0;
    for (int count : counts) {
      if (count > 0) {
        double share = (double) count / text.length();
        bits -= share * Math.log(share) / Math.log(2);
      }
    }
    return bits;
  }

  private static void jwt(Plain plain, int i, List<Finding> found) {
    String text = plain.text();
    int header = run(text, i, "_-", LONGEST_HEADER);
    if (header >= text.length() || text.charAt(header) != '.') {
      return;
    }
    int claims = run(text, header + 1, "_-", LONGEST_CLAIMS);
    if (claims == header + 1 || claims >= text.length() || text.charAt(claims) != '.') {
      return;
    }
    int end = run(text, claims + 1, "_-", LONGEST_CLAIMS);
    try {
      byte[] decoded = Base64.getUrlDecoder().decode(text.substring(i, header));
      if (new String(decoded, StandardCharsets.ISO_8859_1).contains("\"alg\"")) {
        add(plain, Kind.JWT, i, end, found);
      }
    } catch (IllegalArgumentException _) {
      // It only looked like one.
    }
  }

  /// Returns where it ends, or 0.
  private static int pem(Plain plain, int i, List<Finding> found) {
    String text = plain.text();
    int label = text.indexOf('\n', i);
    // The label ends within a line; a text without lines holds it near its beginning.
    String head =
        text.substring(i, Math.min(text.length(), Math.min(i + 80, label < 0 ? i + 80 : label)));
    if (!head.contains("PRIVATE KEY")) {
      return 0;
    }
    int end = text.indexOf(END, i);
    int stop = end < 0 ? text.length() : end + END.length();
    int dashes = end < 0 ? -1 : text.indexOf("-----", stop);
    int last = dashes < 0 || dashes > stop + 60 ? stop : dashes + 5;
    add(plain, Kind.PRIVATE_KEY, i, last, found);
    return last;
  }

  private static void address(Plain plain, int start, List<Finding> found) {
    String text = plain.text();
    int colon = -1;
    for (int i = start; i < text.length() && i < start + LONGEST_PASSWORD; i++) {
      char c = text.charAt(i);
      if (c == '@') {
        if (colon > start
            && i - colon > 3
            && text.charAt(colon + 1) != '$'
            && text.charAt(colon + 1) != '{'
            && text.charAt(colon + 1) != '<') {
          add(plain, Kind.URL_PASSWORD, colon + 1, i, found);
        }
        return;
      }
      if (c == ':' && colon < 0) {
        colon = i;
      }
      if (c == '/' || c == ' ' || c == '\n' || c == '"' || c == '<') {
        return;
      }
    }
  }

  private static void passwords(Plain plain, List<Finding> found) {
    String text = plain.text();
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.length() != text.length()) {
      return; // A letter whose small form is longer; ASCII ones never are.
    }
    for (String word : WORDS) {
      for (int i = lower.indexOf(word); i >= 0; i = lower.indexOf(word, i + word.length())) {
        value(plain, i + word.length(), found);
      }
    }
  }

  private static void value(Plain plain, int after, List<Finding> found) {
    String text = plain.text();
    int at = after;
    boolean told = false;
    while (at < text.length() && at < after + 6 && " \"':=".indexOf(text.charAt(at)) >= 0) {
      told |= text.charAt(at) == ':' || text.charAt(at) == '=';
      at++;
    }
    int end = at;
    while (end < text.length()
        && end < at + LONGEST_PASSWORD
        && text.charAt(end) > ' '
        && text.charAt(end) < 0x7f
        && "\"'`,;()<>".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    String word = text.substring(at, end);
    if (told && word.length() >= 8 && random(word) && !word.contains("://")) {
      add(plain, Kind.PASSWORD, at, end, found);
    }
  }

  private static void add(Plain plain, Kind kind, int start, int end, List<Finding> found) {
    found.add(
        new Finding(kind, plain.start(start), plain.end(end), plain.text().substring(start, end)));
  }
}
