package dev.freehold.model.template;

/// A lexical unit of a template.
///
/// @param type what it is
/// @param text its characters; of a string literal the characters it stands for
/// @param line where it begins, from 1
record Token(Type type, String text, int line) {

  enum Type {
    DATA,
    VARIABLE_BEGIN,
    VARIABLE_END,
    BLOCK_BEGIN,
    BLOCK_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
  }

  boolean isName(String name) {
    return type == Type.NAME && text.equals(name);
  }

  boolean isOperator(String operator) {
    return type == Type.OPERATOR && text.equals(operator);
  }

  String described() {
    return switch (type) {
      case DATA -> "text";
      case VARIABLE_BEGIN -> "'{{'";
      case VARIABLE_END -> "'}}'";
      case BLOCK_BEGIN -> "'{%'";
      case BLOCK_END -> "'%}'";
      case NAME, INTEGER, FLOAT, OPERATOR -> "'" + text + "'";
      case STRING -> "a string";
      case END -> "the end of the template";
    };
  }
}
