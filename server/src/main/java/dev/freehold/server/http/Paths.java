package dev.freehold.server.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Reads request paths.
final class Paths {

  private Paths() {}

  /// The decoded segments of a path. A segment that could mean a step (a dot segment, a backslash)
  /// or holds a control character fits no route; a slash that was encoded stays inside its segment.
  static List<String> segments(String rawPath) {
    List<String> segments = new ArrayList<>();
    for (String raw : rawPath.substring(rawPath.startsWith("/") ? 1 : 0).split("/", -1)) {
      String segment;
      try {
        segment = URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException _) {
        return List.of();
      }
      if (segment.equals(".")
          || segment.equals("..")
          || segment.chars().anyMatch(c -> c < 0x20 || c == 0x7f || c == '\\' || c == 0xfffd)) {
        return List.of();
      }
      segments.add(segment);
    }
    return segments;
  }
}
