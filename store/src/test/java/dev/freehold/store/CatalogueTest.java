package dev.freehold.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.MalformedFile;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CatalogueTest {

  private final Catalogue catalogue = Catalogue.shipped();

  @Test
  void theDefaultModelHasAPinnedDigestAndSeveralSources() {
    CatalogueEntry model = catalogue.defaultModel();
    assertThat(model.bytes()).isEqualTo(98_362_432);
    assertThat(model.digest()).isPresent();
    assertThat(model.sources())
        .hasExactlyElementsOfTypes(Source.HuggingFace.class, Source.PythonPackage.class);
    assertThat(model.note()).startsWith("Small: for trying.");
  }

  @Test
  void modelsStandInTheOrderOfTheMemoryTheyNeed() {
    assertThat(catalogue.entries())
        .isSortedAccordingTo(Comparator.comparing(CatalogueEntry::memory))
        .allMatch(entry -> entry.memory() > entry.bytes() * 2 || entry.bytes() > 1_000_000_000);
  }

  @Test
  void theLargestThatFitsIsSuggested() {
    Set<String> llama = Set.of("llama");
    assertThat(catalogue.suggest(4_000_000_000L, llama).orElseThrow().name().value())
        .isEqualTo("smollm2-1.7b");
    assertThat(catalogue.suggest(3_999_999_999L, llama).orElseThrow().name().value())
        .isEqualTo("llama-3.2-1b");
    assertThat(catalogue.suggest(100, llama)).isEmpty();
    assertThat(catalogue.suggest(Long.MAX_VALUE, Set.of("other"))).isEmpty();
  }

  @Test
  void aCatalogueThatLacksAFieldIsRefusedByTheFieldsName() {
    assertThatThrownBy(
            () -> Catalogue.parse("{\"models\":[{}]}".getBytes(StandardCharsets.UTF_8), "c.json"))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining("c.json");
    assertThatThrownBy(() -> Catalogue.parse("{}".getBytes(StandardCharsets.UTF_8), "c.json"))
        .hasMessageContaining("\"models\"");
  }

  @Test
  void amountsReadAsDisksAreSold() {
    assertThat(Amounts.bytes(98_362_432)).isEqualTo("98 MB");
    assertThat(Amounts.bytes(1_060_000_000)).isEqualTo("1.06 GB");
    assertThat(Amounts.bytes(42)).isEqualTo("42 B");
    assertThat(Amounts.bytes(Long.MAX_VALUE)).isEqualTo("9.22 EB");
  }
}
