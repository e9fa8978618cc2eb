package dev.freehold.server.http;

import dev.freehold.chat.InvalidRequest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A form with files as browsers and SDKs send it (RFC 7578), read strictly: every part has a name,
/// no name comes twice, nothing stands outside of the parts.
///
/// @param parts by name
public record Multipart(Map<String, Part> parts) {

  private static final Pattern BOUNDARY =
      Pattern.compile(
          "(?i)multipart/form-data\\s*;.*?boundary=(?:\"([^\"]{1,70})\"|([^;\\s]{1,70})).*");
  private static final Pattern NAME = Pattern.compile("(?i)(?:^|;)\\s*name=\"([^\"]{1,100})\"");
  private static final Pattern FILE = Pattern.compile("(?i)(?:^|;)\\s*filename=\"([^\"]{0,300})\"");
  private static final int MOST_PARTS = 16;

  /// One part.
  ///
  /// @param file the name of the file; empty where it is a plain field
  /// @param body its bytes
  public record Part(String file, byte[] body) {

    /// The words of a plain field.
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /// Reads a form.
  ///
  /// @param contentType the request's header
  /// @throws InvalidRequest where it is none
  public static Multipart read(String contentType, byte[] body) {
    Matcher type = BOUNDARY.matcher(contentType);
    if (!type.matches()) {
      throw new InvalidRequest(
          "Send a form with a file: Content-Type: multipart/form-data; boundary=….",
          "content-type");
    }
    byte[] boundary =
        ("--" + Optional.ofNullable(type.group(1)).orElse(type.group(2)))
            .getBytes(StandardCharsets.ISO_8859_1);
    Map<String, Part> parts = new LinkedHashMap<>();
    int at = find(body, boundary, 0);
    if (at != 0) {
      throw broken();
    }
    while (true) {
      int start = at + boundary.length;
      if (matches(body, "--", start)) {
        return new Multipart(parts);
      }
      if (!matches(body, "\r\n", start) || parts.size() == MOST_PARTS) {
        throw broken();
      }
      int headersEnd = find(body, bytes("\r\n\r\n"), start);
      int next = find(body, join("\r\n", boundary), Math.max(start, headersEnd));
      if (headersEnd < 0 || next < 0) {
        throw broken();
      }
      String headers = new String(body, start + 2, headersEnd - start - 2, StandardCharsets.UTF_8);
      byte[] content = java.util.Arrays.copyOfRange(body, Math.min(headersEnd + 4, next), next);
      String disposition =
          headers
              .lines()
              .filter(line -> line.regionMatches(true, 0, "content-disposition:", 0, 20))
              .findFirst()
              .map(line -> line.substring(20))
              .orElseThrow(Multipart::broken);
      Matcher name = NAME.matcher(disposition);
      if (!name.find()) {
        throw broken();
      }
      Matcher file = FILE.matcher(disposition);
      if (parts.putIfAbsent(name.group(1), new Part(file.find() ? file.group(1) : "", content))
          != null) {
        throw new InvalidRequest("%s is given twice.".formatted(name.group(1)), name.group(1));
      }
      at = next + 2;
    }
  }

  private static InvalidRequest broken() {
    return new InvalidRequest("The form is broken.", null);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] join(String text, byte[] more) {
    byte[] all = java.util.Arrays.copyOf(bytes(text), text.length() + more.length);
    System.arraycopy(more, 0, all, text.length(), more.length);
    return all;
  }

  private static boolean matches(byte[] body, String text, int at) {
    return at + text.length() <= body.length
        && new String(body, at, text.length(), StandardCharsets.ISO_8859_1).equals(text);
  }

  private static int find(byte[] body, byte[] wanted, int from) {
    for (int i = from; i + wanted.length <= body.length; i++) {
      if (java.util.Arrays.equals(body, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    return -1;
  }
}
