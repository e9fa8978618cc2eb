package dev.freehold.model.template;

/// A template that cannot be parsed or rendered; [ChatTemplate] turns it into the product's own
/// errors.
public final class TemplateFailure extends RuntimeException {

  /// What kind of fault it is.
  public enum Kind {
    /// The template is not well formed or uses what is not served.
    SYNTAX,
    /// Evaluation met a value it cannot work with.
    EVALUATION,
    /// The template itself refused the messages, through `raise_exception`.
    RAISED,
    /// A limit was reached.
    LIMIT
  }

  private final Kind kind;
  private final int line;

  private TemplateFailure(Kind kind, String message, int line) {
    super(message);
    this.kind = kind;
    this.line = line;
  }

  static TemplateFailure syntax(int line, String message) {
    return new TemplateFailure(Kind.SYNTAX, message, line);
  }

  static TemplateFailure evaluation(String message) {
    return new TemplateFailure(Kind.EVALUATION, message, 0);
  }

  static TemplateFailure raised(String message) {
    return new TemplateFailure(Kind.RAISED, message, 0);
  }

  static TemplateFailure limit(String message) {
    return new TemplateFailure(Kind.LIMIT, message, 0);
  }

  /// The same failure at a line, unless it names one already.
  TemplateFailure at(int value) {
    if (line != 0) {
      return this;
    }
    var located = new TemplateFailure(kind, String.valueOf(getMessage()), value);
    located.setStackTrace(getStackTrace());
    return located;
  }

  /// What kind of fault it is.
  public Kind kind() {
    return kind;
  }

  /// The line of the template, from 1; 0 where none is known.
  public int line() {
    return line;
  }
}
