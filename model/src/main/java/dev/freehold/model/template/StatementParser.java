package dev.freehold.model.template;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads a whole template: text, `{{ … }}` and the tags that chat templates use.
final class StatementParser {

  private static final String SERVED =
      "if, for, set, macro, call, filter, with, generation, break, continue, raw";

  private final Tokens tokens;
  private final ExpressionParser expressions;
  private int loops;

  private StatementParser(Tokens tokens) {
    this.tokens = tokens;
    this.expressions = new ExpressionParser(tokens);
  }

  /// A template's statements, and the names of the variables it reads anywhere, whether it sets
  /// them itself or is given them.
  record Parsed(List<Statement> statements, Set<String> names) {}

  static List<Statement> parse(String template) {
    return parsed(template).statements();
  }

  static Parsed parsed(String template) {
    var parser = new StatementParser(new Tokens(Lexer.tokens(template)));
    List<Statement> body = parser.body();
    if (!parser.tokens.at(Token.Type.END)) {
      throw TemplateFailure.syntax(
          parser.tokens.current().line(),
          "unexpected tag %s".formatted(parser.tokens.current().described()));
    }
    return new Parsed(body, Set.copyOf(parser.expressions.namesRead()));
  }

  /// Statements up to the end or to one of the closing tags, whose name is then the current token.
  private List<Statement> body(String... closing) {
    Set<String> ends = Set.of(closing);
    int opened = tokens.current().line();
    List<Statement> body = new ArrayList<>();
    expressions.enter();
    while (true) {
      Token token = tokens.next();
      switch (token.type()) {
        case DATA -> body.add(new Statement.Text(token.text()));
        case VARIABLE_BEGIN -> {
          body.add(new Statement.Print(expressions.tuple(false)));
          tokens.expect(Token.Type.VARIABLE_END, "'}}'");
        }
        case BLOCK_BEGIN -> {
          Token name = tokens.current();
          if (name.type() == Token.Type.NAME && ends.contains(name.text())) {
            expressions.leave();
            return body;
          }
          body.add(statement());
          tokens.expect(Token.Type.BLOCK_END, "'%}'");
        }
        case END -> {
          if (closing.length > 0) {
            throw TemplateFailure.syntax(
                opened, "a block is never closed with '%s'".formatted(closing[closing.length - 1]));
          }
          expressions.leave();
          return body;
        }
        case VARIABLE_END, BLOCK_END, NAME, STRING, INTEGER, FLOAT, OPERATOR ->
            throw TemplateFailure.syntax(
                token.line(), "unexpected %s".formatted(token.described()));
      }
    }
  }

  /// The inside of a block: from the end of its opening tag to before the name of its closing tag.
  private List<Statement> block(String... closing) {
    tokens.expect(Token.Type.BLOCK_END, "'%}'");
    return body(closing);
  }

  private Statement statement() {
    Token tag = tokens.expect(Token.Type.NAME, "the name of a tag");
    int line = tag.line();
    return switch (tag.text()) {
      case "if" -> ifStatement();
      case "for" -> forStatement(line);
      case "set" -> setStatement(line);
      case "with" -> withStatement(line);
      case "macro" -> {
        String name = tokens.expect(Token.Type.NAME, "the macro's name").text();
        yield new Statement.DefineMacro(line, macro(name, tokens.atOperator("("), "endmacro"));
      }
      case "call" -> callBlock(line);
      case "filter" -> {
        Expression.Filter filter = expressions.blockFilters();
        List<Statement> body = block("endfilter");
        tokens.next();
        yield new Statement.FilterBlock(line, filter, body);
      }
      case "generation" -> {
        List<Statement> body = block("endgeneration");
        tokens.next();
        yield new Statement.Generation(body);
      }
      case "print" -> new Statement.Print(expressions.tuple(false));
      case "break" -> {
        inLoop(tag);
        yield new Statement.Break();
      }
      case "continue" -> {
        inLoop(tag);
        yield new Statement.Continue();
      }
      default ->
          throw TemplateFailure.syntax(
              line, "the tag '%s' is not served here; served are %s".formatted(tag.text(), SERVED));
    };
  }

  private void inLoop(Token tag) {
    if (loops == 0) {
      throw TemplateFailure.syntax(tag.line(), "'%s' stands outside a loop".formatted(tag.text()));
    }
  }

  private Statement ifStatement() {
    expressions.enter();
    Expression condition = expressions.tuple(false);
    List<Statement> then = block("elif", "else", "endif");
    List<Statement> otherwise = List.of();
    switch (tokens.next().text()) {
      case "elif" -> otherwise = List.of(ifStatement());
      case "else" -> {
        otherwise = block("endif");
        tokens.next();
      }
      default -> {}
    }
    expressions.leave();
    return new Statement.If(condition, then, otherwise);
  }

  private Statement forStatement(int line) {
    Statement.Target target = targets("in");
    tokens.expectName("in");
    Expression iterable = expressions.loopIterable();
    Expression condition = tokens.skipName("if") ? expressions.expression() : null;
    if (tokens.atName("recursive")) {
      throw TemplateFailure.syntax(line, "recursive loops are not served here");
    }
    loops++;
    List<Statement> body = block("else", "endfor");
    loops--;
    List<Statement> otherwise = List.of();
    if (tokens.next().isName("else")) {
      otherwise = block("endfor");
      tokens.next();
    }
    return new Statement.For(line, target, iterable, condition, body, otherwise);
  }

  private Statement setStatement(int line) {
    Statement.Target target = targets(null);
    if (tokens.skipOperator("=")) {
      return new Statement.Set(line, target, expressions.tuple(false));
    }
    Expression.Filter filter = tokens.skipOperator("|") ? expressions.blockFilters() : null;
    List<Statement> body = block("endset");
    tokens.next();
    return new Statement.SetBlock(line, target, filter, body);
  }

  private Statement withStatement(int line) {
    List<Statement.Target> targets = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (!tokens.at(Token.Type.BLOCK_END)) {
      if (!targets.isEmpty()) {
        tokens.expectOperator(",");
      }
      targets.add(target());
      tokens.expectOperator("=");
      values.add(expressions.expression());
    }
    List<Statement> body = block("endwith");
    tokens.next();
    return new Statement.With(line, targets, values, body);
  }

  private Statement callBlock(int line) {
    Statement.Macro signature = signature("caller", tokens.atOperator("("));
    Expression call = expressions.expression();
    if (!(call instanceof Expression.Call macroCall)) {
      throw TemplateFailure.syntax(line, "expected the call of a macro");
    }
    return new Statement.CallBlock(line, macroCall, withBody(signature, "endcall"));
  }

  private Statement.Macro macro(String name, boolean parenthesis, String closing) {
    return withBody(signature(name, parenthesis), closing);
  }

  private Statement.Macro signature(String name, boolean parenthesis) {
    List<String> parameters = new ArrayList<>();
    List<@Nullable Expression> defaults = new ArrayList<>();
    if (parenthesis) {
      tokens.expectOperator("(");
      while (!tokens.skipOperator(")")) {
        if (!parameters.isEmpty()) {
          tokens.expectOperator(",");
        }
        parameters.add(tokens.expect(Token.Type.NAME, "the name of a parameter").text());
        defaults.add(tokens.skipOperator("=") ? expressions.expression() : null);
      }
    }
    return new Statement.Macro(name, parameters, defaults, List.of(), false, false, false);
  }

  private Statement.Macro withBody(Statement.Macro signature, String closing) {
    Set<String> before = new HashSet<>(expressions.namesRead());
    expressions.namesRead().clear();
    int outerLoops = loops;
    loops = 0;
    List<Statement> body = block(closing);
    loops = outerLoops;
    tokens.next();
    Set<String> read = expressions.namesRead();
    var macro =
        new Statement.Macro(
            signature.name(),
            signature.parameters(),
            signature.defaults(),
            body,
            read.contains("varargs"),
            read.contains("kwargs"),
            read.contains("caller"));
    read.addAll(before);
    return macro;
  }

  private Statement.Target targets(@Nullable String end) {
    List<Statement.Target> targets = new ArrayList<>(List.of(target()));
    boolean tuple = false;
    while (tokens.skipOperator(",")) {
      tuple = true;
      if ((end != null && tokens.atName(end)) || tokens.atOperator("=")) {
        break;
      }
      targets.add(target());
    }
    return tuple ? new Statement.Target.Tuple(targets) : targets.getFirst();
  }

  private Statement.Target target() {
    if (tokens.skipOperator("(")) {
      expressions.enter();
      Statement.Target inner = targets(null);
      expressions.leave();
      tokens.expectOperator(")");
      return inner;
    }
    String name = tokens.expect(Token.Type.NAME, "the name of a variable").text();
    if (Set.of("true", "false", "none", "True", "False", "None").contains(name)) {
      throw TemplateFailure.syntax(
          tokens.current().line(), "nothing can be assigned to '%s'".formatted(name));
    }
    if (tokens.skipOperator(".")) {
      return new Statement.Target.NamespaceAttribute(
          name, tokens.expect(Token.Type.NAME, "the name of an attribute").text());
    }
    return new Statement.Target.Variable(name);
  }
}
