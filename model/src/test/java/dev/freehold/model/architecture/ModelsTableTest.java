package dev.freehold.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.model.Batch;
import dev.freehold.model.Batch.Outputs;
import dev.freehold.model.LanguageModel;
import dev.freehold.model.Logits;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.Models;
import dev.freehold.model.safetensors.family.Families;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The tables of `docs/models.md`, from the goldens themselves. With `-Dfreehold.write.docs=true`
/// they are written; otherwise they must be as they would be written, and each error below the
/// bound that stands there.
class ModelsTableTest {

  private static final Path DOCUMENT = Path.of("..", "docs", "models.md");
  private static final Pattern BOUND = Pattern.compile("(?m)^\\| `([^`]+)` \\|.*< (1e-\\d) \\|$");

  // A bound is written with room, so that another processor's order of sums stays below it.
  private static final double ROOM = 3;

  @Test
  void theDocumentNamesWhatIsServedAndEachModelsErrorIsBelowItsBound() throws IOException {
    String document = Files.readString(DOCUMENT);
    boolean write = Boolean.getBoolean("freehold.write.docs");
    String generated = document;
    generated =
        replaced(generated, "served", "`" + Architectures.names().replace(", ", "`, `") + "`");
    generated = replaced(generated, "folders", "`" + String.join("`, `", Families.types()) + "`");
    generated = replaced(generated, "decoders", table(document, Golden.all(), Outputs.ALL, write));
    generated =
        replaced(generated, "encoders", table(document, Golden.encoders(), Outputs.HIDDEN, write));
    if (write) {
      Files.writeString(DOCUMENT, generated);
    } else {
      assertThat(document).isEqualTo(generated);
    }
  }

  private static String table(
      String document, List<Golden> goldens, Outputs outputs, boolean write) {
    List<String> lines = new ArrayList<>();
    lines.add("| Model | Architecture | Type | Layers | Tokens | Error |");
    lines.add("|---|---|---|---|---|---|");
    for (Golden golden : goldens) {
      try (LanguageModel model = Models.open(golden.model(), new ModelConfiguration(1, 0, 64))) {
        double error = error(golden, model, outputs);
        String bound = write ? bound(error) : documented(document, golden);
        assertThat(error).as(golden.name()).isLessThan(Double.parseDouble(bound));
        lines.add(
            "| `%s` | %s | %s | %d | %d | < %s |"
                .formatted(
                    golden.name(),
                    model.parameters().architecture(),
                    model.parameters().storage(),
                    model.parameters().layers(),
                    golden.allTokens().length,
                    bound));
      }
    }
    return String.join("\n", lines);
  }

  private static double error(Golden golden, LanguageModel model, Outputs outputs) {
    Logits rows = model.step(Batch.of(model.newSequence(), golden.allTokens(), outputs));
    double worst = 0;
    for (int row = 0; row < golden.logits().length; row++) {
      worst = Math.max(worst, golden.error(row, rows.row(0, row)));
    }
    return worst;
  }

  private static String bound(double error) {
    return "1e-" + (int) Math.min(5, Math.floor(-Math.log10(error * ROOM)));
  }

  private static String documented(String document, Golden golden) {
    Matcher bounds = BOUND.matcher(document);
    while (bounds.find()) {
      if (bounds.group(1).equals(golden.name())) {
        return bounds.group(2);
      }
    }
    throw new AssertionError(golden.name() + " is not in " + DOCUMENT);
  }

  private static String replaced(String document, String region, String content) {
    String begin = "<!-- %s -->\n".formatted(region);
    String end = "\n<!-- end of %s -->".formatted(region);
    int from = document.indexOf(begin) + begin.length();
    int to = document.indexOf(end);
    assertThat(to).as(region).isGreaterThanOrEqualTo(from);
    return document.substring(0, from) + content + document.substring(to);
  }
}
