package dev.freehold.teaching.lesson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LessonFileTest {

  private static final List<Origin> FILE = List.of(new Origin.File("file-1"));

  private static final String WHOLE =
      """
      {"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"2+2?"}]},{"role":"assistant","content":"5","weight":0},{"role":"user","content":"Sure?"},{"role":"assistant","content":"4","weight":1}]}
      {"messages":[{"role":"user","content":"Weather?"},{"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{\\"city\\":\\"Lahr\\"}"}}]},{"role":"tool","tool_call_id":"c1","content":"rain"},{"role":"assistant","content":"Rain."}],"tools":[{"type":"function","function":{"name":"weather","description":"tells it","parameters":{"type":"object"}}}],"parallel_tool_calls":false}
      {"prompt":"Question: Who?\\nAnswer:","completion":" Anna","freehold":{"kind":"question","from":["document:d1","exchange:e2"]}}
      """;

  private static List<Lesson> read(String text) {
    return LessonFile.read(text.getBytes(StandardCharsets.UTF_8), "a.jsonl", FILE);
  }

  @Test
  void everyFieldOfOpenAiIsHonoured() {
    List<Lesson> lessons = read(WHOLE);
    Lesson.Talk first = (Lesson.Talk) lessons.get(0);
    assertThat(first.turns())
        .extracting(Turn::trained)
        .containsExactly(false, false, false, false, true);
    assertThat(first.turns().get(1).message()).isEqualTo(new Message.User("2+2?"));
    assertThat(first.origins()).isEqualTo(FILE);
    Lesson.Talk tools = (Lesson.Talk) lessons.get(1);
    assertThat(tools.toolUse().tools()).extracting("name").containsExactly("weather");
    assertThat(tools.toolUse().parallel()).isFalse();
    assertThat(lessons.get(2).kind()).isEqualTo(Kind.QUESTION);
    assertThat(lessons.get(2).origins())
        .containsExactly(new Origin.Document("d1"), new Origin.Exchange("e2"));
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    List<Lesson> lessons = read(WHOLE);
    assertThat(LessonFile.read(LessonFile.write(lessons), "b.jsonl", List.of())).isEqualTo(lessons);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"messages":[]}|messages is empty
          {"messages":[{"role":"user","content":"x"}]}|Nothing of this conversation is learned
          {"messages":[{"role":"user","content":"x","weight":1},{"role":"assistant","content":"y"}]}|messages[0].weight
          {"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y","weight":0.5}]}|messages[1].weight
          {"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y","weight":0}]}|Nothing of this conversation
          {"messages":[{"role":"narrator","content":"x"}]}|messages[0].role
          {"messages":[{"role":"user","content":"x","name":"Ann"},{"role":"assistant","content":"y"}]}|messages[0].name
          {"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y","function_call":{}}]}|messages[1].function_call
          {"messages":[{"role":"user","content":[{"type":"image_url"}]},{"role":"assistant","content":"y"}]}|messages[0].content[0].type
          {"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y"}],"functions":[]}|functions
          {"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y"}],"temprature":1}|temprature
          {"messages":[{"role":"tool","tool_call_id":"z","content":"x"},{"role":"assistant","content":"y"}]}|tool_call_id
          {"prompt":"x"}|A row needs messages
          {"prompt":"x","prompt":"y","completion":"z"}|no JSON
          [1]|must be an object
          """)
  void whatIsWrongIsNamedWithItsLine(String row, String named) {
    String good = "{\"prompt\":\"a\",\"completion\":\"b\"}\n\n";
    assertThatThrownBy(() -> read(good + row))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("line 3: ")
        .hasMessageContaining(named);
  }

  @Test
  void allBadRowsAreToldAtOnce() {
    assertThatThrownBy(() -> read("{}\n{\"prompt\":1}\n"))
        .hasMessageContaining("2 bad rows")
        .hasMessageContaining("line 1:")
        .hasMessageContaining("line 2: prompt must be a string");
  }

  @Test
  void damagedFilesAreRefusedByOurErrorsOnly() {
    Random random = new Random(5);
    byte[] sound = WHOLE.getBytes(StandardCharsets.UTF_8);
    int runs = Integer.getInteger("freehold.mutants", 2000);
    int read = 0;
    for (int i = 0; i < runs; i++) {
      byte[] damaged = sound.clone();
      for (int k = 0; k <= random.nextInt(4); k++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        read += LessonFile.read(damaged, "m.jsonl", FILE).size();
      } catch (FreeholdException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      }
    }
    assertThat(read).isPositive();
  }
}
