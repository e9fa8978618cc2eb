package dev.freehold.model.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Reads expressions with Jinja2's precedence, loosest first: `if else`, `or`, `and`, `not`,
/// comparisons, `+ -`, `~`, `* / // %`, `**`; then, in [OperandParser], sign, attribute and call,
/// and in [CallParser] filter and test.
final class ExpressionParser {

  private static final int NESTING = 200;

  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

  private final Tokens tokens;
  private final OperandParser operands;
  private int nesting;

  ExpressionParser(Tokens tokens) {
    this.tokens = tokens;
    this.operands = new OperandParser(tokens, this);
  }

  /// Every variable read so far; a macro asks whether its body reads `varargs`.
  Set<String> namesRead() {
    return operands.namesRead();
  }

  /// The arguments of a call, from its opening parenthesis.
  Expression.Actuals actuals() {
    return operands.calls().actuals();
  }

  /// One filter or several, `a|b`, around what a block prints.
  Expression.Filter blockFilters() {
    return operands.calls().blockFilters();
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
    List<Expression> parts = new ArrayList<>(List.of(and()));
    while (tokens.skipName("or")) {
      parts.add(and());
    }
    return parts.size() == 1 ? parts.getFirst() : new Expression.Or(line, parts);
  }

  private Expression and() {
    int line = tokens.current().line();
    List<Expression> parts = new ArrayList<>(List.of(not()));
    while (tokens.skipName("and")) {
      parts.add(not());
    }
    return parts.size() == 1 ? parts.getFirst() : new Expression.And(line, parts);
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
    List<Expression> parts = new ArrayList<>(List.of(product()));
    while (tokens.skipOperator("~")) {
      parts.add(product());
    }
    return parts.size() == 1 ? parts.getFirst() : new Expression.Concatenation(line, parts);
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
    Expression first = operands.unary(true);
    List<Expression.Operand> rest = new ArrayList<>();
    while (tokens.skipOperator("**")) {
      rest.add(new Expression.Operand("**", operands.unary(true)));
    }
    return rest.isEmpty() ? first : new Expression.Arithmetic(line, first, rest);
  }

  /// Refuses chains without end: each link is a level of what is computed.
  void link(int chain) {
    if (chain > NESTING) {
      throw TemplateFailure.syntax(
          tokens.current().line(), "it chains more than %d links".formatted(NESTING));
    }
  }
}
