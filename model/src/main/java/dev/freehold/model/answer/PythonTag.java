package dev.freehold.model.answer;

import java.util.List;
import java.util.Set;

/// What follows Llama 3's `<|python_tag|>`: calls as JSON, `name.call(key=value)`, or Python code
/// for a tool that runs code.
final class PythonTag implements Part {

  private static final List<String> RUNNERS = List.of("python", "ipython", "code_interpreter");

  private final AnswerReader reader;
  private final String before;
  private final StringBuilder read = new StringBuilder();
  private boolean code;

  /// @param before white space before the marker, and the marker
  PythonTag(AnswerReader reader, String before) {
    this.reader = reader;
    this.before = before;
  }

  @Override
  public Set<String> markers() {
    return Set.of();
  }

  @Override
  public void accept(char c) {
    if (code) {
      reader.pieces().arguments(LooseArguments.escape(c));
      return;
    }
    read.append(c);
    String so = read.toString().strip();
    if (so.isEmpty()) {
      return;
    }
    if (c == '{' && so.length() == 1) {
      reader.go(CallList.after(reader, before, "", "")).accept(c);
    } else if (c == '('
        && reader.offered(so.substring(0, so.length() - 1).replaceFirst("\\.call$", ""))) {
      Part call = reader.go(LooseCall.python(reader, before, ""));
      for (int i = 0; i < so.length(); i++) {
        call.accept(so.charAt(i));
      }
    } else if (!Character.isLetterOrDigit(c) && c != '_' && c != '.' && c != '-') {
      run();
    }
  }

  private void run() {
    String runner = RUNNERS.stream().filter(reader::offered).findFirst().orElse("");
    if (runner.isEmpty()) {
      reader.goOn().say(before + read);
      return;
    }
    code = true;
    reader.pieces().callBegun(runner);
    reader.pieces().arguments("{\"code\":\"");
    for (int i = 0; i < read.length(); i++) {
      reader.pieces().arguments(LooseArguments.escape(read.charAt(i)));
    }
  }

  @Override
  public void marker(String marker) {
    end();
    reader.goOn().marker(marker);
  }

  @Override
  public void end() {
    if (!code) {
      run();
    }
    if (code) {
      reader.pieces().arguments("\"}");
      reader.pieces().callEnded();
      reader.goOn().resume();
    }
    reader.goOn().end();
  }
}
