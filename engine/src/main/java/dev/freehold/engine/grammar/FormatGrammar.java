package dev.freehold.engine.grammar;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.ResponseFormat;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The grammar of the texts that a [ResponseFormat] admits.
public final class FormatGrammar {

  /// Longest regular expression.
  static final int LONGEST_EXPRESSION = 10_000;

  private static final int LONGEST_GRAMMAR = 200_000;

  private FormatGrammar() {}

  /// The grammar of a format; empty where anything is admitted.
  ///
  /// @throws InvalidRequest where the format is malformed or asks for what is not served
  public static Optional<Grammar> of(ResponseFormat format) {
    return switch (format) {
      case ResponseFormat.Free _ -> Optional.empty();
      case ResponseFormat.JsonObject _ -> {
        Map<String, Expression> rules = new HashMap<>(JsonText.rules());
        rules.put("root", JsonText.ANY_OBJECT);
        yield Optional.of(new Grammar(rules, "root"));
      }
      case ResponseFormat.JsonSchema(String _, String schema) ->
          Optional.of(SchemaReader.read(schema, field(format)));
      case ResponseFormat.Regex(String expression) ->
          Optional.of(
              Grammar.of(
                  RegularExpression.whole(
                      checked(expression, LONGEST_EXPRESSION, field(format)),
                      new Size(),
                      field(format))));
      case ResponseFormat.OneOf(List<String> texts) -> {
        if (texts.isEmpty()) {
          throw new InvalidRequest("There must be a text to choose.", field(format));
        }
        yield Optional.of(
            Grammar.of(new Expression.Choice(texts.stream().map(Expression::text).toList())));
      }
      case ResponseFormat.Gbnf(String grammar) ->
          Optional.of(
              GbnfReader.read(checked(grammar, LONGEST_GRAMMAR, field(format)), field(format)));
    };
  }

  /// The field of a request that a format comes in, for errors.
  public static String field(ResponseFormat format) {
    return switch (format) {
      case ResponseFormat.Free _, ResponseFormat.JsonObject _, ResponseFormat.JsonSchema _ ->
          "response_format";
      case ResponseFormat.Regex _, ResponseFormat.OneOf _ -> "structured_outputs";
      case ResponseFormat.Gbnf _ -> "grammar";
    };
  }

  private static String checked(String text, int longest, String field) {
    if (text.length() > longest) {
      throw new InvalidRequest("%s has more than %,d characters.".formatted(field, longest), field);
    }
    return text;
  }
}
