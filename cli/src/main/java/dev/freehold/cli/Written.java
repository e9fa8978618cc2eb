package dev.freehold.cli;

import dev.freehold.engine.Divergence;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.writing.ModelWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What is said of a model file that was written.
///
/// @param report what is in it
/// @param file where it is
/// @param cost what its weights lost, where that was measured
record Written(ModelWriter.Report report, Path file, Divergence.@Nullable Result cost) {

  static Written of(ModelWriter.Report report, Path file) {
    return new Written(report, file, null);
  }

  Written with(Divergence.Result measured) {
    return new Written(report, file, measured);
  }

  static OptionSpec json() {
    return OptionSpec.builder("--json").description("As JSON.").build();
  }

  static int threads(Settings settings) {
    return settings.threads() == 0 ? ModelConfiguration.standard().threads() : settings.threads();
  }

  void print(Shell shell, boolean json) {
    shell.out().println(json ? tree().toPrettyString() : text());
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        "%s: %d tensors, %d MB, before %d MB; %.2f bits a weight%n"
            .formatted(
                file,
                report.tensors(),
                report.bytes() / 1_000_000,
                report.sourceBytes() / 1_000_000,
                8.0 * report.bytes() / report.weights()));
    text.append("  weights by type: ");
    text.append(
        report.types().entrySet().stream()
            .map(entry ->
                String.format(Locale.ROOT, "%s %.1f M", entry.getKey(), entry.getValue() / 1e6))
            .collect(Collectors.joining(", ")));
    if (report.requantised()) {
      text.append("%n  The weights were quantised before; the errors of both add up.".formatted());
    }
    if (cost != null) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n  perplexity %.4f, before %.4f (%+.2f %%) on %d tokens%n"
                  + "  divergence from the original: mean %.5f, median %.5f, one in a hundred over"
                  + " %.4f nats; same likeliest token %.1f %%",
              cost.after(),
              cost.before(),
              100 * (cost.after() / cost.before() - 1),
              cost.scored(),
              cost.mean(),
              cost.median(),
              cost.worst(),
              100 * cost.sameBest()));
    }
    return text.toString();
  }

  private ObjectNode tree() {
    ObjectNode tree =
        JsonMapper.shared()
            .createObjectNode()
            .put("file", file.toString())
            .put("tensors", report.tensors())
            .put("weights", report.weights())
            .put("bytes", report.bytes())
            .put("bytesBefore", report.sourceBytes())
            .put("requantised", report.requantised());
    ObjectNode types = tree.putObject("weightsByType");
    report.types().forEach(types::put);
    if (cost != null) {
      tree.putObject("cost")
          .put("scoredTokens", cost.scored())
          .put("perplexityBefore", cost.before())
          .put("perplexity", cost.after())
          .put("divergenceMean", cost.mean())
          .put("divergenceMedian", cost.median())
          .put("divergence99", cost.worst())
          .put("sameBest", cost.sameBest());
    }
    return tree;
  }
}
