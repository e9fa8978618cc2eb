package dev.freehold.model.template;

import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Tool;
import dev.freehold.chat.ToolCall;
import dev.freehold.chat.ToolUse;
import dev.freehold.fixture.Mutants;
import dev.freehold.model.answer.AnswerFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Damaged chat templates: each is refused in our words or renders; nothing else comes out. More of
/// them: [Mutants].
class TemplateMutationTest {

  private static final List<String> BITS =
      List.of(
          "{{",
          "}}",
          "{%",
          "%}",
          "{#",
          "#}",
          "-%}",
          "{%-",
          "[",
          "]",
          "(",
          ")",
          "'",
          "\"",
          "|",
          ".",
          " if ",
          " for x in ",
          "{% endif %}",
          "{% endfor %}",
          " else ",
          " | length",
          " | tojson",
          "[::-1]",
          " * 1000000",
          " ~ ",
          "messages",
          "tools",
          "loop.",
          "range(99999)",
          "none",
          "\\",
          "\u0000",
          "\uD800",
          "{% set ns.x = ",
          "namespace(",
          "raise_exception('x')",
          "-1",
          "1e999");

  @Test
  void aDamagedTemplateIsRefusedInOurWordsOrRenders() throws Exception {
    Mutants.check(TemplateMutationTest.class, "chat templates", 1_500, reader());
  }

  public static void main(String[] arguments) throws Exception {
    Mutants.each(arguments[0], reader());
  }

  private static Mutants.Reader reader() throws Exception {
    Path folder =
        Path.of(TemplateMutationTest.class.getResource("qwen3.jinja").toURI()).getParent();
    List<String> sound = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".jinja")).sorted().toList()) {
        sound.add(text(file));
      }
    }
    return seed -> {
      var random = new Random(seed);
      String source = damaged(sound, random);
      AnswerFormat.of(source);
      var template =
          ChatTemplate.parse(
              source, Map.of("bos_token", "<s>", "eos_token", "</s>"), Clock.systemUTC());
      template.render(conversation(), random.nextBoolean());
      return true;
    };
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file);
  }

  private static String damaged(List<String> sound, Random random) {
    var text = new StringBuilder(sound.get(random.nextInt(sound.size())));
    for (int j = random.nextInt(3); j >= 0; j--) {
      int at = random.nextInt(text.length() + 1);
      switch (random.nextInt(3)) {
        case 0 -> text.insert(at, BITS.get(random.nextInt(BITS.size())));
        case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(20)));
        default -> {
          String other = sound.get(random.nextInt(sound.size()));
          int from = random.nextInt(other.length());
          text.insert(at, other, from, Math.min(other.length(), from + 60));
        }
      }
    }
    return text.toString();
  }

  private static Prompt.Conversation conversation() {
    return new Prompt.Conversation(
        List.of(
            new Message.System("S"),
            new Message.User("U"),
            new Message.Assistant(
                "", "R", List.of(new ToolCall("abcdef001", "f", "{\"a\":[1,{\"b\":null}]}"))),
            new Message.Tool("abcdef001", "7"),
            new Message.User("?")),
        ToolUse.auto(List.of(new Tool("f", "d", Tool.NO_PARAMETERS, false))),
        Optional.empty(),
        Map.of());
  }
}
