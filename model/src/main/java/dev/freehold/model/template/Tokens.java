package dev.freehold.model.template;

import java.util.List;

/// A cursor over a template's tokens.
final class Tokens {

  private final List<Token> tokens;
  private int position;

  Tokens(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token current() {
    return tokens.get(position);
  }

  Token look() {
    return tokens.get(Math.min(position + 1, tokens.size() - 1));
  }

  Token next() {
    Token token = current();
    if (token.type() != Token.Type.END) {
      position++;
    }
    return token;
  }

  boolean at(Token.Type type) {
    return current().type() == type;
  }

  boolean atName(String name) {
    return current().isName(name);
  }

  boolean atOperator(String operator) {
    return current().isOperator(operator);
  }

  boolean skipName(String name) {
    if (atName(name)) {
      next();
      return true;
    }
    return false;
  }

  boolean skipOperator(String operator) {
    if (atOperator(operator)) {
      next();
      return true;
    }
    return false;
  }

  Token expect(Token.Type type, String what) {
    if (!at(type)) {
      throw expected(what);
    }
    return next();
  }

  void expectOperator(String operator) {
    if (!skipOperator(operator)) {
      throw expected("'" + operator + "'");
    }
  }

  void expectName(String name) {
    if (!skipName(name)) {
      throw expected("'" + name + "'");
    }
  }

  TemplateFailure expected(String what) {
    return TemplateFailure.syntax(
        current().line(), "expected %s but found %s".formatted(what, current().described()));
  }
}
