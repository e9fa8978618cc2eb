package dev.freehold.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.ResponseFormat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whether an answer has the form that its request asked for.
class FormatCheckTest {

  private static final String ORDER =
      """
      {"type":"object","properties":{"id":{"type":"integer","minimum":1},"lines":{"type":"array",
       "items":{"$ref":"#/$defs/line"},"minItems":1},"code":{"type":"string","pattern":"^(a+)+$"}},
       "required":["id","lines"],"additionalProperties":false,
       "$defs":{"line":{"type":"object","properties":{"what":{"enum":["pump","seal"]}},
       "required":["what"],"additionalProperties":false}}}
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"id\":1,\"lines\":[{\"what\":\"pump\"}]}|true",
        "{\"lines\":[{\"what\":\"seal\"}],\"id\":7}|true",
        "{\"id\":0,\"lines\":[{\"what\":\"pump\"}]}|false",
        "{\"id\":1,\"lines\":[]}|false",
        "{\"id\":1,\"lines\":[{\"what\":\"hose\"}]}|false",
        "{\"id\":1,\"lines\":[{\"what\":\"pump\"}],\"more\":1}|false",
        "{\"id\":1}|false",
        "[]|false",
        "Here you are: {\"id\":1}|false",
        "{\"id\":1,\"lines\":[{\"what\":\"pump\"}]|false",
        "{\"id\":1,\"lines\":[{\"what\":\"pump\"}]} more|false"
      })
  void aSchemaAdmitsOrDoesNot(String answer, boolean holds) {
    assertThat(FormatCheck.holds(new ResponseFormat.JsonSchema("order", ORDER), answer))
        .isEqualTo(holds);
  }

  @Test
  void otherFormsAreLookedAtToo() {
    assertThat(FormatCheck.holds(ResponseFormat.FREE, "anything")).isTrue();
    assertThat(FormatCheck.holds(new ResponseFormat.JsonObject(), "{}")).isTrue();
    assertThat(FormatCheck.holds(new ResponseFormat.JsonObject(), "[]")).isFalse();
    assertThat(FormatCheck.holds(new ResponseFormat.JsonObject(), " ")).isFalse();
    ResponseFormat choice = new ResponseFormat.OneOf(List.of("yes", "no"));
    assertThat(FormatCheck.holds(choice, "yes")).isTrue();
    assertThat(FormatCheck.holds(choice, "Yes.")).isFalse();
  }

  @Test
  void aPatternThatWouldRunForHoursIsNotMatched() {
    String hostile =
        "{\"id\":1,\"lines\":[{\"what\":\"pump\"}],\"code\":\"%s!\"}".formatted("a".repeat(5000));
    assertThat(FormatCheck.holds(new ResponseFormat.JsonSchema("order", ORDER), hostile)).isTrue();
  }

  @Test
  void aSchemaThatLiesElsewhereIsNotFetched() throws IOException {
    try (ServerSocket trap = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      trap.setSoTimeout(1);
      String schema = "{\"$ref\":\"http://127.0.0.1:%d/s.json\"}".formatted(trap.getLocalPort());
      assertThat(FormatCheck.holds(new ResponseFormat.JsonSchema("x", schema), "{}")).isTrue();
      org.assertj.core.api.Assertions.assertThatThrownBy(trap::accept)
          .isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void whatCannotBeJudgedCountsAsRight() {
    for (String schema :
        List.of("{\"$ref\":\"#/$defs/none\"}", "[]", "{\"patternProperties\":{\"a\":false}}")) {
      assertThat(FormatCheck.holds(new ResponseFormat.JsonSchema("x", schema), "{\"a\":1}"))
          .as(schema)
          .isTrue();
    }
  }
}
