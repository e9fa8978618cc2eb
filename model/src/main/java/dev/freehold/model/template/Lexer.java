package dev.freehold.model.template;

import java.util.ArrayList;
import java.util.List;

/// Cuts a template into tokens as Jinja2 does with `trim_blocks` and `lstrip_blocks` on, which is
/// how chat templates are written: a tag takes the line break after it and the blanks before it on
/// its line; `-` takes all white space on its side, `+` nothing.
///
/// Written by hand so that no input can make it backtrack.
final class Lexer {

  private static final List<String> OPERATORS =
      List.of(
          "**", "//", "==", "!=", ">=", "<=", "+", "-", "*", "/", "%", "~", "[", "]", "(", ")", "{",
          "}", ">", "<", "=", ".", ":", "|", ",", ";");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int position;
  private int line = 1;
  private boolean lineStarting = true;

  private Lexer(String source) {
    this.source = source;
  }

  /// The tokens of a template, [Token.Type#END] last.
  static List<Token> tokens(String template) {
    String source = template.replace("\r\n", "\n").replace('\r', '\n');
    if (source.endsWith("\n")) {
      source = source.substring(0, source.length() - 1);
    }
    var lexer = new Lexer(source);
    lexer.text();
    lexer.add(Token.Type.END, "", lexer.line);
    return lexer.tokens;
  }

  private void text() {
    while (position < source.length()) {
      int tag = nextTag(position);
      if (tag < 0) {
        data(source.substring(position));
        position = source.length();
        return;
      }
      char kind = source.charAt(tag + 1);
      char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
      boolean signed = sign == '-' || sign == '+';
      String before = beforeTag(source.substring(position, tag), sign, kind != '{');
      data(before);
      countLines(position + before.length(), tag);
      position = tag + (signed ? 3 : 2);
      switch (kind) {
        case '#' -> comment();
        case '{' -> expression(Token.Type.VARIABLE_BEGIN, Token.Type.VARIABLE_END, "}}");
        case '%' -> {
          if (!raw()) {
            expression(Token.Type.BLOCK_BEGIN, Token.Type.BLOCK_END, "%}");
          }
        }
        default -> throw new AssertionError(kind);
      }
      lineStarting = source.charAt(position - 1) == '\n';
    }
  }

  private int nextTag(int from) {
    for (int i = source.indexOf('{', from); i >= 0; i = source.indexOf('{', i + 1)) {
      if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  /// The text before a tag without the white space that the tag takes.
  private String beforeTag(String text, char sign, boolean block) {
    if (sign == '-') {
      return Characters.stripEnd(text);
    }
    if (sign != '+' && block) {
      int lineStart = text.lastIndexOf('\n') + 1;
      if ((lineStart > 0 || lineStarting) && Characters.isBlank(text, lineStart)) {
        return text.substring(0, lineStart);
      }
    }
    return text;
  }

  private void data(String text) {
    if (!text.isEmpty()) {
      add(Token.Type.DATA, text, line);
      countLines(position, position + text.length());
    }
  }

  private void countLines(int from, int to) {
    for (int i = from; i < to; i++) {
      if (source.charAt(i) == '\n') {
        line++;
      }
    }
  }

  private void comment() {
    int end = source.indexOf("#}", position);
    if (end < 0) {
      throw TemplateFailure.syntax(line, "a comment is never closed with '#}'");
    }
    char sign = end > position ? source.charAt(end - 1) : ' ';
    countLines(position, end);
    position = end;
    tagEnd(sign, true);
  }

  /// Steps over `%}`, `}}` or `#}` at the position and the white space after it that it takes.
  private void tagEnd(char sign, boolean trimBlocks) {
    position += 2;
    int start = position;
    if (sign == '-') {
      while (position < source.length() && Characters.isSpace(source.charAt(position))) {
        position++;
      }
    } else if (trimBlocks
        && sign != '+'
        && position < source.length()
        && source.charAt(position) == '\n') {
      position++;
    }
    countLines(start, position);
  }

  /// Reads `raw %} … {% endraw %}` if that is what follows.
  private boolean raw() {
    int name = skipSpace(position);
    if (!source.startsWith("raw", name)) {
      return false;
    }
    int end = skipSpace(name + 3);
    boolean strip = end < source.length() && source.charAt(end) == '-';
    end += strip ? 1 : 0;
    if (!source.startsWith("%}", end)) {
      return false;
    }
    countLines(position, end);
    position = end;
    tagEnd(strip ? '-' : ' ', false);
    for (int tag = source.indexOf("{%", position); tag >= 0; tag = source.indexOf("{%", tag + 2)) {
      char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
      int word = skipSpace(tag + (sign == '-' || sign == '+' ? 3 : 2));
      if (!source.startsWith("endraw", word)) {
        continue;
      }
      int close = skipSpace(word + 6);
      char closeSign = close < source.length() ? source.charAt(close) : ' ';
      close += closeSign == '-' || closeSign == '+' ? 1 : 0;
      if (source.startsWith("%}", close)) {
        lineStarting = position > 0 && source.charAt(position - 1) == '\n';
        String body = beforeTag(source.substring(position, tag), sign, true);
        data(body);
        countLines(position + body.length(), close);
        position = close;
        tagEnd(closeSign, true);
        return true;
      }
    }
    throw TemplateFailure.syntax(line, "a raw block is never closed with '{% endraw %}'");
  }

  private int skipSpace(int from) {
    int i = from;
    while (i < source.length() && Characters.isSpace(source.charAt(i))) {
      i++;
    }
    return i;
  }

  private void expression(Token.Type begin, Token.Type end, String close) {
    int opened = line;
    add(begin, "", line);
    int brackets = 0;
    while (position < source.length()) {
      char c = source.charAt(position);
      if (Characters.isSpace(c)) {
        line += c == '\n' ? 1 : 0;
        position++;
        continue;
      }
      if (brackets == 0 && closes(c, close, end == Token.Type.BLOCK_END)) {
        if (c == '-' || c == '+') {
          position++;
        }
        add(end, "", line);
        tagEnd(c, end == Token.Type.BLOCK_END);
        return;
      }
      Token token = next(c);
      tokens.add(token);
      if (token.type() == Token.Type.OPERATOR) {
        switch (token.text()) {
          case "(", "[", "{" -> brackets++;
          case ")", "]", "}" -> {
            if (--brackets < 0) {
              throw TemplateFailure.syntax(line, "unexpected '%s'".formatted(token.text()));
            }
          }
          default -> {}
        }
      }
    }
    throw TemplateFailure.syntax(opened, "a tag is never closed with '%s'".formatted(close));
  }

  private boolean closes(char c, String close, boolean block) {
    if (c == '-' || (c == '+' && block)) {
      return source.startsWith(close, position + 1);
    }
    return source.startsWith(close, position);
  }

  private Token next(char c) {
    int start = position;
    int code = source.codePointAt(position);
    if (c == '\'' || c == '"') {
      return string(c);
    }
    if (c >= '0' && c <= '9') {
      return number();
    }
    if (code == '_' || Character.isLetter(code)) {
      while (position < source.length()
          && (source.codePointAt(position) == '_'
              || Character.isLetterOrDigit(source.codePointAt(position)))) {
        position += Character.charCount(source.codePointAt(position));
      }
      return new Token(Token.Type.NAME, source.substring(start, position), line);
    }
    for (String operator : OPERATORS) {
      if (source.startsWith(operator, position)) {
        position += operator.length();
        return new Token(Token.Type.OPERATOR, operator, line);
      }
    }
    throw TemplateFailure.syntax(
        line, "unexpected character '%s'".formatted(Character.toString(code)));
  }

  private Token number() {
    int start = position;
    if (source.charAt(start) == '0' && start + 1 < source.length()) {
      int radix =
          switch (source.charAt(start + 1)) {
            case 'x', 'X' -> 16;
            case 'o', 'O' -> 8;
            case 'b', 'B' -> 2;
            default -> 10;
          };
      if (radix != 10) {
        position += 2;
        return new Token(Token.Type.INTEGER, integer(digits(radix), radix), line);
      }
    }
    String whole = digits(10);
    boolean real = false;
    // After a dot that is an attribute (`x.0.1`) no fraction begins.
    boolean afterDot = start > 0 && source.charAt(start - 1) == '.';
    if (!afterDot && digitAt(position + 1) && source.charAt(position) == '.') {
      position++;
      digits(10);
      real = true;
    }
    if (!afterDot && position < source.length() && (source.charAt(position) | 32) == 'e') {
      int exponent = position + 1;
      if (exponent < source.length() && "+-".indexOf(source.charAt(exponent)) >= 0) {
        exponent++;
      }
      if (digitAt(exponent)) {
        position = exponent;
        digits(10);
        real = true;
      }
    }
    if (real) {
      String text = source.substring(start, position).replace("_", "");
      return new Token(Token.Type.FLOAT, text, line);
    }
    return new Token(Token.Type.INTEGER, integer(whole, 10), line);
  }

  private boolean digitAt(int index) {
    return index < source.length() && source.charAt(index) >= '0' && source.charAt(index) <= '9';
  }

  private String digits(int radix) {
    int start = position;
    while (position < source.length()
        && (source.charAt(position) == '_'
            || (source.charAt(position) < 128
                && Character.digit(source.charAt(position), radix) >= 0))) {
      position++;
    }
    return source.substring(start, position).replace("_", "");
  }

  private String integer(String digits, int radix) {
    try {
      return Long.toString(Long.parseLong(digits, radix));
    } catch (NumberFormatException e) {
      throw TemplateFailure.syntax(line, "'%s' is no integer of 64 bits".formatted(digits));
    }
  }

  private Token string(char quote) {
    int startLine = line;
    var text = new StringBuilder();
    position++;
    while (position < source.length()) {
      char c = source.charAt(position++);
      if (c == quote) {
        return new Token(Token.Type.STRING, text.toString(), startLine);
      }
      line += c == '\n' ? 1 : 0;
      if (c == '\\' && position < source.length()) {
        escape(text);
      } else {
        text.append(c);
      }
    }
    throw TemplateFailure.syntax(startLine, "a string is never closed with %s".formatted(quote));
  }

  private void escape(StringBuilder text) {
    char c = source.charAt(position++);
    switch (c) {
      case '\n' -> line++;
      case 'n' -> text.append('\n');
      case 't' -> text.append('\t');
      case 'r' -> text.append('\r');
      case 'a' -> text.append('\u0007');
      case 'b' -> text.append('\b');
      case 'f' -> text.append('\f');
      case 'v' -> text.append('\u000b');
      case '\\', '\'', '"' -> text.append(c);
      case 'x' -> hexadecimal(text, 2);
      case 'u' -> hexadecimal(text, 4);
      case 'U' -> hexadecimal(text, 8);
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        int end = position;
        while (end < source.length()
            && end < position + 2
            && source.charAt(end) >= '0'
            && source.charAt(end) <= '7') {
          end++;
        }
        text.append((char) Integer.parseInt(source.substring(position - 1, end), 8));
        position = end;
      }
      default -> text.append('\\').append(c);
    }
  }

  private void hexadecimal(StringBuilder text, int digits) {
    int end = position + digits;
    int code = 0;
    for (int i = position; i < end; i++) {
      int digit = i < source.length() ? Character.digit(source.charAt(i), 16) : -1;
      if (digit < 0 || code > Character.MAX_CODE_POINT) {
        throw TemplateFailure.syntax(line, "a string holds an escape that is cut short");
      }
      code = code * 16 + digit;
    }
    if (!Character.isValidCodePoint(code)) {
      throw TemplateFailure.syntax(line, "a string holds an escape that is no character");
    }
    text.appendCodePoint(code);
    position = end;
  }

  private void add(Token.Type type, String text, int at) {
    tokens.add(new Token(type, text, at));
  }
}
