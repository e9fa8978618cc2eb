package dev.freehold.cli;

import dev.freehold.documents.Citations;
import dev.freehold.documents.Grounded;
import dev.freehold.documents.Passage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How an answer from documents is written: streamed with its citations below, or as JSON at the
/// end.
///
/// Citations are checked on the way: a number that names no passage is never shown. Used by one
/// thread.
final class AskReport {

  private static final int EXCERPT = 300;

  private final Shell shell;
  private final boolean json;
  private final StringBuilder answer = new StringBuilder();
  private final TreeSet<Integer> cited = new TreeSet<>();
  private List<Passage> passages = List.of();
  private Citations citations = new Citations(0);
  private String state = "";
  private String note = "";

  private AskReport(Shell shell, boolean json) {
    this.shell = shell;
    this.json = json;
  }

  static AskReport text(Shell shell) {
    return new AskReport(shell, false);
  }

  static AskReport json(Shell shell) {
    return new AskReport(shell, true);
  }

  void begin(Grounded grounded, List<Passage> shown) {
    passages = shown;
    citations = new Citations(shown.size());
    state = grounded.state().word();
    note = grounded.note();
  }

  void text(String delta) {
    citations.accept(delta).forEach(this::piece);
  }

  private void piece(Citations.Piece piece) {
    switch (piece) {
      case Citations.Piece.Text text -> {
        answer.append(text.text());
        if (!json) {
          shell.out().print(text.text());
          shell.out().flush();
        }
      }
      case Citations.Piece.Citation citation -> cited.add(citation.number());
    }
  }

  void end(Answering.Answer written) {
    citations.finish().forEach(this::piece);
    if (json) {
      shell.out().println(asJson(Optional.of(written)));
      return;
    }
    shell.out().println();
    if (!written.ending().isEmpty()) {
      shell.out().println("(" + written.ending() + ")");
    }
    shell.out().println();
    List<Passage> named = passages.stream().filter(one -> cited.contains(one.number())).toList();
    if (named.isEmpty()) {
      shell.out().println("The answer cites nothing. It was made from these passages:");
      named = passages;
    }
    named.forEach(passage -> shell.out().println(where(passage)));
  }

  /// Nothing fits: says so, and shows what came nearest.
  void nothing(Grounded grounded, List<Passage> nearest) {
    List<Passage> numbered =
        IntStream.range(0, nearest.size()).mapToObj(i -> nearest.get(i).numbered(i + 1)).toList();
    begin(grounded, numbered);
    if (json) {
      shell.out().println(asJson(Optional.empty()));
      return;
    }
    shell.out().println(note);
    if (!numbered.isEmpty()) {
      shell.out().println();
      shell.out().println("The passages that came nearest:");
      for (Passage passage : numbered) {
        shell.out().println(where(passage));
        shell.out().println("    " + excerpt(passage.text()));
      }
    }
  }

  private static String where(Passage passage) {
    List<String> parts = new ArrayList<>(List.of(passage.documentName()));
    Integer page = passage.page();
    if (page != null) {
      parts.add("page " + page);
    }
    String heading = passage.heading();
    if (heading != null) {
      parts.add(heading);
    }
    return "[%d] %s".formatted(passage.number(), String.join(", ", parts));
  }

  private static String excerpt(String text) {
    String line = text.replaceAll("\\s+", " ").strip();
    return line.length() > EXCERPT ? line.substring(0, EXCERPT) + "…" : line;
  }

  private String asJson(Optional<Answering.Answer> written) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("answer", answer.toString());
    root.put("grounding", state);
    root.put("note", note);
    ArrayNode numbers = root.putArray("citations");
    cited.forEach(numbers::add);
    ArrayNode all = root.putArray("passages");
    for (Passage passage : passages) {
      all.addObject()
          .put("number", passage.number())
          .put("document", passage.documentName())
          .put("page", passage.page())
          .put("heading", passage.heading())
          .put("text", passage.text())
          .put("score", passage.score());
    }
    written.ifPresent(one -> root.put("ending", one.ending()));
    written
        .flatMap(Answering.Answer::finished)
        .ifPresent(end ->
            root.putObject("usage")
                .put("promptTokens", end.usage().promptTokens())
                .put("completionTokens", end.usage().completionTokens()));
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(root);
  }
}
