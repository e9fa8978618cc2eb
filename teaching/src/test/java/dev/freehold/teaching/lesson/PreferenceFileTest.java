package dev.freehold.teaching.lesson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreferenceFileTest {

  private static List<PreferencePair> read(String text) {
    return PreferenceFile.read(
        text.getBytes(StandardCharsets.UTF_8), "p.jsonl", List.of(new Origin.File("file-1")));
  }

  @Test
  void pairsAreReadInOpenAisForm() {
    PreferencePair pair =
        read("""
        {"input":{"messages":[{"role":"user","content":"Hello"}],"tools":[],"parallel_tool_calls":true},"preferred_output":[{"role":"assistant","content":"Good day."}],"non_preferred_output":[{"role":"assistant","content":"What?"}]}
        """)
            .getFirst();
    assertThat(pair.messages()).hasSize(1);
    assertThat(pair.preferred().text()).isEqualTo("Good day.");
    assertThat(pair.other().text()).isEqualTo("What?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"preferred_output":[]}|input is required
          {"input":{"messages":[{"role":"user","content":"x"}]},"preferred_output":[{"role":"assistant","content":"y"}]}|non_preferred_output must hold one message
          {"input":{"messages":[{"role":"user","content":"x"}]},"preferred_output":[{"role":"user","content":"y"}],"non_preferred_output":[{"role":"assistant","content":"z"}]}|preferred_output must hold an assistant
          {"input":{"messages":[{"role":"user","content":"x"}]},"preferred_output":[{"role":"assistant","content":"y"}],"non_preferred_output":[{"role":"assistant","content":"y"}]}|the same
          {"input":{"messages":[{"role":"user","content":"x"}],"n":1},"preferred_output":[{"role":"assistant","content":"y"}],"non_preferred_output":[{"role":"assistant","content":"z"}]}|input.n
          """)
  void whatIsWrongIsNamedWithItsLine(String row, String named) {
    assertThatThrownBy(() -> read(row))
        .hasMessageContaining("line 1: ")
        .hasMessageContaining(named);
  }
}
