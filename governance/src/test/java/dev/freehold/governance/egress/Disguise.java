package dev.freehold.governance.egress;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/// Ways to write something so that a machine overlooks it and its reader does not. Each gives the
/// texts of the messages it becomes.
enum Disguise {
  NONE,
  ZERO_WIDTH_SPACE,
  ZERO_WIDTH_JOINER,
  SOFT_HYPHEN,
  BYTE_ORDER_MARK,
  WORD_JOINER,
  VARIATION_SELECTOR,
  COMBINING_MARK,
  FULL_WIDTH,
  HOMOGLYPHS,
  MATHEMATICAL_DIGITS,
  ARABIC_DIGITS,
  BASE64,
  BASE64_URL,
  BASE64_UNPADDED,
  BASE64_WRAPPED,
  BASE64_IN_DATA_ADDRESS,
  PERCENT,
  JSON_ESCAPES,
  HTML_ENTITIES,
  TWO_MESSAGES,
  THREE_MESSAGES;

  List<String> of(String text) {
    return switch (this) {
      case NONE -> List.of(text);
      case ZERO_WIDTH_SPACE -> List.of(between(text, "\u200b"));
      case ZERO_WIDTH_JOINER -> List.of(between(text, "\u200d"));
      case SOFT_HYPHEN -> List.of(between(text, "\u00ad"));
      case BYTE_ORDER_MARK -> List.of(between(text, "\ufeff"));
      case WORD_JOINER -> List.of(between(text, "\u2060"));
      case VARIATION_SELECTOR -> List.of(between(text, "\ufe0f"));
      case COMBINING_MARK -> List.of(between(text, "\u034f"));
      case FULL_WIDTH -> List.of(map(text, c -> c > ' ' && c < 0x7f ? c + 0xfee0 : c));
      case HOMOGLYPHS ->
          List.of(
              map(
                  text,
                  c -> {
                    int at = "ABEKMHOPCTXaceopx".indexOf(c);
                    return at < 0 ? c : "АВЕКМНОРСТХасеорх".charAt(at);
                  }));
      case MATHEMATICAL_DIGITS ->
          List.of(map(text, c -> c >= '0' && c <= '9' ? 0x1d7ce + c - '0' : c));
      case ARABIC_DIGITS -> List.of(map(text, c -> c >= '0' && c <= '9' ? 0x660 + c - '0' : c));
      case BASE64 -> List.of(Base64.getEncoder().encodeToString(bytes(text)));
      case BASE64_URL -> List.of(Base64.getUrlEncoder().encodeToString(bytes(text)));
      case BASE64_UNPADDED ->
          List.of(Base64.getEncoder().withoutPadding().encodeToString(bytes(text)));
      case BASE64_WRAPPED ->
          List.of(
              Base64.getMimeEncoder(76, new byte[] {'\n'})
                  .encodeToString(
                      bytes("The details you asked for are these: " + text + ". Regards.")));
      case BASE64_IN_DATA_ADDRESS ->
          List.of("data:text/plain;base64," + Base64.getEncoder().encodeToString(bytes(text)));
      case PERCENT ->
          List.of(text.chars().mapToObj(c -> "%%%02X".formatted(c)).collect(Collectors.joining()));
      case JSON_ESCAPES ->
          List.of(text.chars().mapToObj(c -> "\\u%04x".formatted(c)).collect(Collectors.joining()));
      case HTML_ENTITIES ->
          List.of(text.chars().mapToObj(c -> "&#" + c + ";").collect(Collectors.joining()));
      case TWO_MESSAGES ->
          List.of(text.substring(0, text.length() / 2), text.substring(text.length() / 2));
      case THREE_MESSAGES ->
          List.of(
              text.substring(0, text.length() / 3),
              text.substring(text.length() / 3, text.length() * 2 / 3),
              text.substring(text.length() * 2 / 3));
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String between(String text, String mark) {
    return text.chars().mapToObj(Character::toString).collect(Collectors.joining(mark));
  }

  private static String map(String text, java.util.function.IntUnaryOperator change) {
    StringBuilder out = new StringBuilder();
    text.chars().map(change).forEach(out::appendCodePoint);
    return out.toString();
  }
}
