package dev.freehold.model.template;

import dev.freehold.model.text.MarkedText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads what operators stand between: a sign, a literal, a name or something in brackets, with the
/// attributes, items, slices and calls that follow it.
final class OperandParser {

  private final Tokens tokens;
  private final ExpressionParser whole;
  private final CallParser calls;
  private final Set<String> namesRead = new HashSet<>();

  OperandParser(Tokens tokens, ExpressionParser whole) {
    this.tokens = tokens;
    this.whole = whole;
    this.calls = new CallParser(tokens, whole, this);
  }

  /// Every variable read so far.
  Set<String> namesRead() {
    return namesRead;
  }

  /// Arguments, filters and tests.
  CallParser calls() {
    return calls;
  }

  /// An operand with its sign.
  ///
  /// @param filtered whether filters and tests that follow belong to it
  Expression unary(boolean filtered) {
    int line = tokens.current().line();
    Expression expression;
    whole.enter();
    if (tokens.skipOperator("-")) {
      expression = new Expression.Negative(line, unary(false));
    } else if (tokens.skipOperator("+")) {
      expression = new Expression.Positive(line, unary(false));
    } else {
      expression = primary();
    }
    expression = postfix(expression);
    if (filtered) {
      expression = calls.filtered(expression);
    }
    whole.leave();
    return expression;
  }

  /// An operand without what may follow it.
  Expression primary() {
    Token token = tokens.current();
    int line = token.line();
    return switch (token.type()) {
      case NAME -> {
        tokens.next();
        yield switch (token.text()) {
          case "true", "True" -> new Expression.Constant(line, Value.Bool.TRUE);
          case "false", "False" -> new Expression.Constant(line, Value.Bool.FALSE);
          case "none", "None" -> new Expression.Constant(line, Value.None.NONE);
          default -> {
            namesRead.add(token.text());
            yield new Expression.Name(line, token.text());
          }
        };
      }
      case STRING -> {
        var text = new StringBuilder();
        while (tokens.at(Token.Type.STRING)) {
          text.append(tokens.next().text());
        }
        yield new Expression.Constant(line, new Value.Str(MarkedText.markup(text.toString())));
      }
      case INTEGER -> {
        tokens.next();
        yield new Expression.Constant(line, new Value.Int(Long.parseLong(token.text())));
      }
      case FLOAT -> {
        tokens.next();
        yield new Expression.Constant(line, new Value.Real(Double.parseDouble(token.text())));
      }
      case OPERATOR -> {
        if (tokens.skipOperator("(")) {
          whole.enter();
          Expression inner = whole.tuple(true);
          whole.leave();
          tokens.expectOperator(")");
          yield inner;
        }
        if (tokens.skipOperator("[")) {
          yield list(line);
        }
        if (tokens.skipOperator("{")) {
          yield dict(line);
        }
        throw tokens.expected("an expression");
      }
      case DATA, VARIABLE_BEGIN, VARIABLE_END, BLOCK_BEGIN, BLOCK_END, END ->
          throw tokens.expected("an expression");
    };
  }

  private Expression list(int line) {
    List<Expression> items = new ArrayList<>();
    while (!tokens.skipOperator("]")) {
      if (!items.isEmpty()) {
        tokens.expectOperator(",");
        if (tokens.skipOperator("]")) {
          break;
        }
      }
      items.add(whole.expression());
    }
    return new Expression.ListOf(line, items, false);
  }

  private Expression dict(int line) {
    List<Expression.Entry> entries = new ArrayList<>();
    while (!tokens.skipOperator("}")) {
      if (!entries.isEmpty()) {
        tokens.expectOperator(",");
        if (tokens.skipOperator("}")) {
          break;
        }
      }
      Expression key = whole.expression();
      tokens.expectOperator(":");
      entries.add(new Expression.Entry(key, whole.expression()));
    }
    return new Expression.DictOf(line, entries);
  }

  /// What follows an operand.
  Expression postfix(Expression start) {
    Expression expression = start;
    int chain = 0;
    while (true) {
      if (tokens.atOperator(".") || tokens.atOperator("[")) {
        expression = subscript(expression);
      } else if (tokens.atOperator("(")) {
        expression = new Expression.Call(tokens.current().line(), expression, calls.actuals());
      } else {
        return expression;
      }
      whole.link(++chain);
    }
  }

  private Expression subscript(Expression object) {
    int line = tokens.current().line();
    if (tokens.skipOperator(".")) {
      if (tokens.at(Token.Type.INTEGER)) {
        var index = new Value.Int(Long.parseLong(tokens.next().text()));
        return new Expression.Item(line, object, new Expression.Constant(line, index));
      }
      return new Expression.Attribute(
          line, object, tokens.expect(Token.Type.NAME, "a name or number").text());
    }
    tokens.expectOperator("[");
    List<Expression> indices = new ArrayList<>();
    while (!tokens.atOperator("]")) {
      if (!indices.isEmpty()) {
        tokens.expectOperator(",");
      }
      Expression start = tokens.atOperator(":") ? null : whole.expression();
      if (tokens.atOperator(":")) {
        Expression slice = slice(line, object, start);
        tokens.expectOperator("]");
        return slice;
      }
      if (start != null) {
        indices.add(start);
      }
    }
    tokens.expectOperator("]");
    Expression index =
        indices.size() == 1 ? indices.getFirst() : new Expression.ListOf(line, indices, true);
    return new Expression.Item(line, object, index);
  }

  private Expression slice(int line, Expression object, @Nullable Expression start) {
    tokens.expectOperator(":");
    Expression stop = null;
    Expression step = null;
    if (!tokens.atOperator(":") && !tokens.atOperator("]")) {
      stop = whole.expression();
    }
    if (tokens.skipOperator(":") && !tokens.atOperator("]")) {
      step = whole.expression();
    }
    return new Expression.Slice(line, object, start, stop, step);
  }
}
