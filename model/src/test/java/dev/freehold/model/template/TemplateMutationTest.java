package dev.freehold.model.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Tool;
import dev.freehold.chat.ToolCall;
import dev.freehold.chat.ToolUse;
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

/// Damaged chat templates: each is refused in our words or renders; nothing else comes out. The
/// system property `freehold.templates.mutants` asks for more.
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
    Path folder =
        Path.of(TemplateMutationTest.class.getResource("qwen3.jinja").toURI()).getParent();
    List<String> sound = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".jinja")).sorted().toList()) {
        sound.add(text(file));
      }
    }
    var random = new Random(6);
    int rendered = 0;
    int mutants = Integer.getInteger("freehold.templates.mutants", 1_500);
    for (int i = 0; i < mutants; i++) {
      String source = damaged(sound, random);
      try {
        AnswerFormat.of(source);
        var template =
            ChatTemplate.parse(
                source, Map.of("bos_token", "<s>", "eos_token", "</s>"), Clock.systemUTC());
        template.render(conversation(), random.nextBoolean());
        rendered++;
      } catch (FreeholdException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
    assertThat(rendered).isBetween(1, mutants - 1);
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
