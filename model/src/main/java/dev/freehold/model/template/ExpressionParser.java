package dev.freehold.model.template;

import dev.freehold.model.text.MarkedText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads expressions with Jinja2's precedence, loosest first: `if else`, `or`, `and`, `not`,
/// comparisons, `+ -`, `~`, `* / // %`, `**`, sign, attribute and call, filter and test.
final class ExpressionParser {

  private static final int NESTING = 200;

  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

  private final Tokens tokens;
  private final Set<String> namesRead = new HashSet<>();
  private int nesting;

  ExpressionParser(Tokens tokens) {
    this.tokens = tokens;
  }

  /// Every variable read so far; a macro asks whether its body reads `varargs`.
  Set<String> namesRead() {
    return namesRead;
  }

  /// Counts a level of nesting, so that no template can exhaust the stack.
  void enter() {
    if (++nesting > NESTING) {
      throw TemplateFailure.syntax(
          tokens.current().line(), "it nests deeper than %d levels".formatted(NESTING));
    }
  }

  void leave() {
    nesting--;
  }

  Expression expression() {
    enter();
    int line = tokens.current().line();
    Expression expression = or();
    int chain = 0;
    while (tokens.skipName("if")) {
      if (++chain > NESTING) {
        throw TemplateFailure.syntax(line, "it nests deeper than %d levels".formatted(NESTING));
      }
      Expression condition = or();
      Expression otherwise = tokens.skipName("else") ? expression() : null;
      expression = new Expression.Conditional(line, condition, expression, otherwise);
    }
    leave();
    return expression;
  }

  /// An expression, or a tuple where commas follow; ends before `}}`, `%}` or `)`.
  Expression tuple(boolean parentheses) {
    return tuple(parentheses, true);
  }

  /// What a loop runs over, where an `if` belongs to the loop.
  Expression loopIterable() {
    return tuple(false, false);
  }

  private Expression tuple(boolean parentheses, boolean conditional) {
    int line = tokens.current().line();
    List<Expression> items = new ArrayList<>();
    boolean tuple = false;
    while (!tupleEnds()) {
      items.add(conditional ? expression() : or());
      if (!tokens.skipOperator(",")) {
        break;
      }
      tuple = true;
    }
    if (!tuple && items.size() == 1) {
      return items.getFirst();
    }
    if (!tuple && !parentheses) {
      throw tokens.expected("an expression");
    }
    return new Expression.ListOf(line, items, true);
  }

  private boolean tupleEnds() {
    return tokens.at(Token.Type.VARIABLE_END)
        || tokens.at(Token.Type.BLOCK_END)
        || tokens.atOperator(")");
  }

  private Expression or() {
    int line = tokens.current().line();
    List<Expression> operands = new ArrayList<>(List.of(and()));
    while (tokens.skipName("or")) {
      operands.add(and());
    }
    return operands.size() == 1 ? operands.getFirst() : new Expression.Or(line, operands);
  }

  private Expression and() {
    int line = tokens.current().line();
    List<Expression> operands = new ArrayList<>(List.of(not()));
    while (tokens.skipName("and")) {
      operands.add(not());
    }
    return operands.size() == 1 ? operands.getFirst() : new Expression.And(line, operands);
  }

  private Expression not() {
    int line = tokens.current().line();
    if (tokens.skipName("not")) {
      enter();
      Expression operand = not();
      leave();
      return new Expression.Not(line, operand);
    }
    return comparison();
  }

  private Expression comparison() {
    int line = tokens.current().line();
    Expression first = sum();
    List<Expression.Operand> rest = new ArrayList<>();
    while (true) {
      Token token = tokens.current();
      if (token.type() == Token.Type.OPERATOR && COMPARISONS.contains(token.text())) {
        tokens.next();
        rest.add(new Expression.Operand(token.text(), sum()));
      } else if (tokens.skipName("in")) {
        rest.add(new Expression.Operand("in", sum()));
      } else if (tokens.atName("not") && tokens.look().isName("in")) {
        tokens.next();
        tokens.next();
        rest.add(new Expression.Operand("not in", sum()));
      } else {
        return rest.isEmpty() ? first : new Expression.Comparison(line, first, rest);
      }
    }
  }

  private Expression sum() {
    int line = tokens.current().line();
    Expression first = concatenation();
    List<Expression.Operand> rest = new ArrayList<>();
    while (tokens.atOperator("+") || tokens.atOperator("-")) {
      rest.add(new Expression.Operand(tokens.next().text(), concatenation()));
    }
    return rest.isEmpty() ? first : new Expression.Arithmetic(line, first, rest);
  }

  private Expression concatenation() {
    int line = tokens.current().line();
    List<Expression> operands = new ArrayList<>(List.of(product()));
    while (tokens.skipOperator("~")) {
      operands.add(product());
    }
    return operands.size() == 1
        ? operands.getFirst()
        : new Expression.Concatenation(line, operands);
  }

  private Expression product() {
    int line = tokens.current().line();
    Expression first = power();
    List<Expression.Operand> rest = new ArrayList<>();
    while (tokens.atOperator("*")
        || tokens.atOperator("/")
        || tokens.atOperator("//")
        || tokens.atOperator("%")) {
      rest.add(new Expression.Operand(tokens.next().text(), power()));
    }
    return rest.isEmpty() ? first : new Expression.Arithmetic(line, first, rest);
  }

  private Expression power() {
    int line = tokens.current().line();
    Expression first = unary(true);
    List<Expression.Operand> rest = new ArrayList<>();
    while (tokens.skipOperator("**")) {
      rest.add(new Expression.Operand("**", unary(true)));
    }
    return rest.isEmpty() ? first : new Expression.Arithmetic(line, first, rest);
  }

  private Expression unary(boolean filtered) {
    int line = tokens.current().line();
    Expression expression;
    enter();
    if (tokens.skipOperator("-")) {
      expression = new Expression.Negative(line, unary(false));
    } else if (tokens.skipOperator("+")) {
      expression = new Expression.Positive(line, unary(false));
    } else {
      expression = primary();
    }
    expression = postfix(expression);
    if (filtered) {
      expression = filtered(expression);
    }
    leave();
    return expression;
  }

  private Expression primary() {
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
          enter();
          Expression inner = tuple(true);
          leave();
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
      items.add(expression());
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
      Expression key = expression();
      tokens.expectOperator(":");
      entries.add(new Expression.Entry(key, expression()));
    }
    return new Expression.DictOf(line, entries);
  }

  private Expression postfix(Expression start) {
    Expression expression = start;
    int chain = 0;
    while (true) {
      if (tokens.atOperator(".") || tokens.atOperator("[")) {
        expression = subscript(expression);
      } else if (tokens.atOperator("(")) {
        expression = new Expression.Call(tokens.current().line(), expression, actuals());
      } else {
        return expression;
      }
      link(++chain);
    }
  }

  private Expression filtered(Expression start) {
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
      link(++chain);
    }
  }

  private void link(int chain) {
    if (chain > NESTING) {
      throw TemplateFailure.syntax(
          tokens.current().line(), "it chains more than %d links".formatted(NESTING));
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
      Expression start = tokens.atOperator(":") ? null : expression();
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
      stop = expression();
    }
    if (tokens.skipOperator(":") && !tokens.atOperator("]")) {
      step = expression();
    }
    return new Expression.Slice(line, object, start, stop, step);
  }

  /// The arguments of a call, from its opening parenthesis.
  Expression.Actuals actuals() {
    int line = tokens.current().line();
    tokens.expectOperator("(");
    enter();
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
        spread = expression();
      } else if (tokens.skipOperator("**")) {
        ensure(spreadNamed == null, line);
        spreadNamed = expression();
      } else if (tokens.at(Token.Type.NAME) && tokens.look().isOperator("=")) {
        ensure(spreadNamed == null, line);
        String name = tokens.next().text();
        tokens.next();
        ensure(named.put(name, expression()) == null, line);
      } else {
        ensure(spread == null && spreadNamed == null && named.isEmpty(), line);
        positional.add(expression());
      }
    }
    tokens.expectOperator(")");
    leave();
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
      link(++chain);
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
      enter();
      actuals = new Expression.Actuals(List.of(postfix(primary())), Map.of(), null, null);
      leave();
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
