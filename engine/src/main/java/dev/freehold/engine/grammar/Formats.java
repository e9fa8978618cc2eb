package dev.freehold.engine.grammar;

import java.util.LinkedHashMap;
import java.util.Map;

/// The formats of strings that JSON Schema names and OpenAI serves, as regular expressions. Each
/// describes a part of its format that has all usual texts in it: no leap second, no quoted local
/// part of an address.
final class Formats {

  private static final Map<String, String> EXPRESSIONS = new LinkedHashMap<>();

  static {
    // RFC 3339; the 29th of February in leap years only.
    String leap =
        "(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29";
    String date =
        "(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])"
            + "|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|"
            + leap
            + ")";
    String time =
        "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)";
    String label = "[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?";
    String octet = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    String hex = "[0-9a-fA-F]";
    EXPRESSIONS.put("date-time", date + "T" + time);
    EXPRESSIONS.put("time", time);
    EXPRESSIONS.put("date", date);
    EXPRESSIONS.put(
        "duration",
        "P(?:\\d{1,9}W|T(?:{T})|(?:{D})(?:T(?:{T}))?)"
            .replace(
                "{T}", "\\d{1,9}H(?:\\d{1,9}M(?:\\d{1,9}S)?)?|\\d{1,9}M(?:\\d{1,9}S)?|\\d{1,9}S")
            .replace(
                "{D}", "\\d{1,9}Y(?:\\d{1,9}M(?:\\d{1,9}D)?)?|\\d{1,9}M(?:\\d{1,9}D)?|\\d{1,9}D"));
    EXPRESSIONS.put(
        "email",
        "[a-zA-Z0-9](?:[a-zA-Z0-9_+-]{0,30}[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9_+-]{0,10}[a-zA-Z0-9])?){0,2}@"
            + label
            + "(?:\\.[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?){0,3}\\.[a-z]{2,12}");
    EXPRESSIONS.put("hostname", label + "(?:\\." + label + "){0,4}");
    EXPRESSIONS.put("ipv4", octet + "(?:\\." + octet + "){3}");
    EXPRESSIONS.put("ipv6", ipv6(hex + "{1,4}"));
    EXPRESSIONS.put(
        "uuid", hex + "{8}-" + hex + "{4}-" + hex + "{4}-" + hex + "{4}-" + hex + "{12}");
  }

  private Formats() {}

  /// Eight groups, or fewer with one gap of two groups at least.
  private static String ipv6(String group) {
    var all = new StringBuilder("(?:" + group + ":){7}" + group);
    for (int before = 0; before <= 6; before++) {
      int after = 6 - before;
      all.append("|");
      if (before > 0) {
        all.append(group).append("(?::").append(group).append("){").append(before - 1).append('}');
      }
      all.append("::");
      if (after > 0) {
        all.append("(?:").append(group).append("(?::").append(group).append("){0,");
        all.append(after - 1).append("})?");
      }
    }
    return all.toString();
  }

  /// The regular expression of a format; empty where it is not served.
  static String expression(String format) {
    return EXPRESSIONS.getOrDefault(format, "");
  }

  static String names() {
    return String.join(", ", EXPRESSIONS.keySet());
  }
}
