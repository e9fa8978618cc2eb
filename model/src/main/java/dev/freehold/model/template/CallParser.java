package dev.freehold.model.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads arguments of calls, and the filters and tests that follow an operand.
final class CallParser {

  private final Tokens tokens;
  private final ExpressionParser whole;
  private final OperandParser operands;

  CallParser(Tokens tokens, ExpressionParser whole, OperandParser operands) {
    this.tokens = tokens;
    this.whole = whole;
    this.operands = operands;
  }

  /// Filters and tests that follow an operand.
  Expression filtered(Expression start) {
    Expression expression = start;
    int chain = 0;
    while (true) {
      if (tokens.atOperator("|")) {
        tokens.next();
        expression = filter(expression);
      } else if (tokens.atName("is")) {
        expression = test(expression);
      } else if (tokens.atOperator("(")) {
        expression = new Expression.Call(tokens.current().line(), expression, actuals());
      } else {
        return expression;
      }
      whole.link(++chain);
    }
  }

  /// The arguments of a call, from its opening parenthesis.
  Expression.Actuals actuals() {
    int line = tokens.current().line();
    tokens.expectOperator("(");
    whole.enter();
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    Expression spread = null;
    Expression spreadNamed = null;
    boolean first = true;
    while (!tokens.atOperator(")")) {
      if (!first) {
        tokens.expectOperator(",");
        if (tokens.atOperator(")")) {
          break;
        }
      }
      first = false;
      if (tokens.skipOperator("*")) {
        ensure(spread == null && spreadNamed == null, line);
        spread = whole.expression();
      } else if (tokens.skipOperator("**")) {
        ensure(spreadNamed == null, line);
        spreadNamed = whole.expression();
      } else if (tokens.at(Token.Type.NAME) && tokens.look().isOperator("=")) {
        ensure(spreadNamed == null, line);
        String name = tokens.next().text();
        tokens.next();
        ensure(named.put(name, whole.expression()) == null, line);
      } else {
        ensure(spread == null && spreadNamed == null && named.isEmpty(), line);
        positional.add(whole.expression());
      }
    }
    tokens.expectOperator(")");
    whole.leave();
    return new Expression.Actuals(positional, named, spread, spreadNamed);
  }

  private static void ensure(boolean holds, int line) {
    if (!holds) {
      throw TemplateFailure.syntax(line, "the arguments of a call are in an order that cannot be");
    }
  }

  /// A filter's name and arguments, after the bar.
  Expression.Filter filter(@Nullable Expression object) {
    Token name = tokens.expect(Token.Type.NAME, "the name of a filter");
    var actuals = tokens.atOperator("(") ? actuals() : Expression.Actuals.NONE;
    return new Expression.Filter(name.line(), object, name.text(), actuals);
  }

  /// One filter or several, `a|b`, around what a block prints.
  Expression.Filter blockFilters() {
    Expression.Filter filter = filter(null);
    int chain = 0;
    while (tokens.skipOperator("|")) {
      filter = filter(filter);
      whole.link(++chain);
    }
    return filter;
  }

  private Expression test(Expression object) {
    int line = tokens.next().line();
    boolean negated = tokens.skipName("not");
    String name = tokens.expect(Token.Type.NAME, "the name of a test").text();
    var actuals = Expression.Actuals.NONE;
    if (tokens.atOperator("(")) {
      actuals = actuals();
    } else if (testOperandFollows()) {
      whole.enter();
      actuals =
          new Expression.Actuals(
              List.of(operands.postfix(operands.primary())), Map.of(), null, null);
      whole.leave();
    }
    Expression test = new Expression.Test(line, object, name, actuals);
    return negated ? new Expression.Not(line, test) : test;
  }

  private boolean testOperandFollows() {
    Token token = tokens.current();
    return switch (token.type()) {
      case STRING, INTEGER, FLOAT -> true;
      case NAME -> {
        if (token.isName("is")) {
          throw TemplateFailure.syntax(token.line(), "tests cannot be chained with 'is'");
        }
        yield !token.isName("else")
            && !token.isName("or")
            && !token.isName("and")
            // Not operands in Jinja2 either, where they end in an error.
            && !token.isName("if");
      }
      case OPERATOR -> token.isOperator("[") || token.isOperator("{");
      case DATA, VARIABLE_BEGIN, VARIABLE_END, BLOCK_BEGIN, BLOCK_END, END -> false;
    };
  }
}
