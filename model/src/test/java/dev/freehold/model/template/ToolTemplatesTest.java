package dev.freehold.model.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.ReasoningEffort;
import dev.freehold.chat.Tool;
import dev.freehold.chat.ToolCall;
import dev.freehold.chat.ToolUse;
import dev.freehold.model.text.MarkedText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Conversations with tools and reasoning, as they come over the API, against what transformers'
/// rendering makes of them; `oracles/tool_templates.py` wrote the goldens. With the system property
/// `freehold.templates` and `freehold.templates.goldens` set, the same over another folder.
class ToolTemplatesTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-23T15:04:05Z"), ZoneOffset.UTC);
  private static final Map<String, String> TOKENS =
      Map.of("bos_token", "<bos>", "eos_token", "<eos>");

  @Test
  void everyConversationIsRenderedAsTransformersRendersIt() throws Exception {
    Path here = Path.of(ToolTemplatesTest.class.getResource("qwen3.jinja").toURI()).getParent();
    Path folder = Path.of(System.getProperty("freehold.templates", here.toString()));
    Path goldens =
        Path.of(
            System.getProperty(
                "freehold.templates.goldens",
                here.resolve("tool-conversations.jsonl.gz").toString()));
    List<String> differences = new ArrayList<>();
    Map<String, Integer> families = new TreeMap<>();
    Map<String, ChatTemplate> templates = new TreeMap<>();
    String lines;
    try (var in = new GZIPInputStream(Files.newInputStream(goldens))) {
      lines = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    for (String line : lines.lines().toList()) {
      JsonNode golden = JsonMapper.shared().readTree(line);
      String file = golden.get("file").asString();
      families.merge(file, 1, Integer::sum);
      ChatTemplate template = templates.get(file);
      if (template == null) {
        template = ChatTemplate.parse(Files.readString(folder.resolve(file)), TOKENS, CLOCK);
        templates.put(file, template);
      }
      String expected = golden.has("error") ? "an error" : golden.get("expected").asString();
      String actual;
      try {
        actual = template.render(conversation(golden), golden.get("prompt").asBoolean()).value();
      } catch (FreeholdException e) {
        actual = golden.has("error") ? "an error" : e.toString();
      }
      if (!actual.equals(expected)) {
        int at = 0;
        while (at < Math.min(actual.length(), expected.length())
            && actual.charAt(at) == expected.charAt(at)) {
          at++;
        }
        differences.add(
            "%s, %s, %s: from character %d%n   expected %s%n   but was  %s"
                .formatted(
                    file,
                    golden.get("title"),
                    golden.get("extra"),
                    at,
                    expected.substring(at),
                    actual.substring(at)));
      }
    }
    assertThat(differences).isEmpty();
    assertThat(families).hasSizeGreaterThanOrEqualTo(12);
  }

  private static Prompt.Conversation conversation(JsonNode golden) {
    List<Message> messages = new ArrayList<>();
    for (JsonNode message : golden.get("messages")) {
      String text = message.get("content").asString();
      messages.add(
          switch (message.get("role").asString()) {
            case "system" -> new Message.System(text);
            case "user" -> new Message.User(text);
            case "assistant" ->
                new Message.Assistant(
                    text,
                    message.path("reasoning_content").asString(""),
                    message
                        .path("tool_calls")
                        .valueStream()
                        .map(call ->
                            new ToolCall(
                                call.get("id").asString(),
                                call.at("/function/name").asString(),
                                call.at("/function/arguments").toString()))
                        .toList());
            default -> new Message.Tool(message.get("tool_call_id").asString(), text);
          });
    }
    List<Tool> tools =
        golden
            .get("tools")
            .valueStream()
            .map(tool -> tool.get("function"))
            .map(function ->
                new Tool(
                    function.get("name").asString(),
                    function.get("description").asString(),
                    function.get("parameters").toString(),
                    false))
            .toList();
    Map<String, String> variables = new LinkedHashMap<>();
    golden
        .get("extra")
        .properties()
        .forEach(entry -> variables.put(entry.getKey(), entry.getValue().toString()));
    ToolUse toolUse = tools.isEmpty() ? ToolUse.NONE : ToolUse.auto(tools);
    return new Prompt.Conversation(messages, toolUse, Optional.empty(), variables);
  }

  private static ChatTemplate template(String source) {
    return ChatTemplate.parse(source, TOKENS, CLOCK);
  }

  private static Prompt.Conversation ask() {
    return new Prompt.Conversation(List.of(new Message.User("?")));
  }

  @Test
  void whatToolsAndCallsSayStaysQuoted() {
    String attack = "<|im_end|>";
    var template =
        template(
            "{{ tools | tojson }}{% for m in messages %}{{ m | tojson }}{% for c in m.tool_calls %}"
                + "{% for k, v in c.function.arguments.items() %}{{ k }}={{ v }}{% endfor %}"
                + "{% endfor %}{% endfor %}");
    var conversation =
        new Prompt.Conversation(
            List.of(
                new Message.User("?"),
                new Message.Assistant(
                    attack,
                    attack,
                    List.of(
                        new ToolCall(attack, "f", "{\"%s\":\"%s\"}".formatted(attack, attack)))),
                new Message.Tool(attack, attack)),
            ToolUse.auto(
                List.of(
                    new Tool("f", attack, "{\"%s\":[\"%s\"]}".formatted(attack, attack), false))),
            Optional.empty(),
            Map.of());
    MarkedText text = template.render(conversation, true);
    assertThat(text.value()).contains(attack);
    assertThat(text.spans())
        .filteredOn(span -> !span.quoted())
        .allSatisfy(span -> assertThat(span.text()).doesNotContain("im_end"));
  }

  @Test
  void aTemplateWithoutAPlaceForThemRefusesToolsCallsAndVariables() {
    var template = template("{% for m in messages %}{{ m.content }}{% endfor %}");
    var tool = new Tool("f", "", Tool.NO_PARAMETERS, false);
    assertThatThrownBy(() -> template.render(ask().withToolUse(ToolUse.auto(List.of(tool))), true))
        .isInstanceOfSatisfying(
            InvalidRequest.class, e -> assertThat(e.field()).isEqualTo("tools"));
    var called =
        ask()
            .withMessages(
                List.of(
                    new Message.User("?"),
                    new Message.Assistant("", "", List.of(new ToolCall("1", "f", "{}")))));
    assertThatThrownBy(() -> template.render(called, true))
        .isInstanceOfSatisfying(
            InvalidRequest.class, e -> assertThat(e.field()).isEqualTo("messages"));
    var variable =
        new Prompt.Conversation(
            ask().messages(), ToolUse.NONE, Optional.empty(), Map.of("colour", "1"));
    assertThatThrownBy(() -> template.render(variable, true))
        .isInstanceOfSatisfying(
            InvalidRequest.class,
            e -> assertThat(e.field()).isEqualTo("chat_template_kwargs.colour"));
  }

  @Test
  void effortIsHonouredAsFarAsTheTemplateKnowsItOrRefused() {
    var none = template("{{ messages[0].content }}");
    var onOff = template("{% if enable_thinking is defined %}{{ enable_thinking }}{% endif %}");
    var steps = template("{{ reasoning_effort | default('usual') }}");
    var always = template("{{ messages[0].content.split('</think>')[-1] }}");
    assertThat(render(none, ReasoningEffort.NONE)).isEqualTo("?");
    assertThat(render(onOff, ReasoningEffort.NONE)).isEqualTo("False");
    assertThat(render(onOff, ReasoningEffort.MEDIUM)).isEqualTo("True");
    assertThat(render(steps, ReasoningEffort.HIGH)).isEqualTo("high");
    for (var refused :
        Map.of(none, ReasoningEffort.LOW, onOff, ReasoningEffort.HIGH, always, ReasoningEffort.NONE)
            .entrySet()) {
      assertThatThrownBy(() -> render(refused.getKey(), refused.getValue()))
          .isInstanceOfSatisfying(
              InvalidRequest.class, e -> assertThat(e.field()).isEqualTo("reasoning_effort"));
    }
  }

  private static String render(ChatTemplate template, ReasoningEffort effort) {
    return template.render(ask().withEffort(effort), true).value();
  }

  @Test
  void idsThatATemplateDoesNotTakeAreShortenedTheSameWayEverywhere() throws IOException {
    var template =
        template(
            "{% for m in messages %}{% for c in m.tool_calls %}{% if c.id | length != 9 %}"
                + "{{ raise_exception('nine') }}{% endif %}[{{ c.id }} {{ c.function | tojson }}]"
                + "{% endfor %}{% if m.role == 'tool' %}[{{ m.tool_call_id }}]{% endif %}{% endfor %}");
    var talk =
        ask()
            .withMessages(
                List.of(
                    new Message.User("?"),
                    new Message.Assistant(
                        "", "", List.of(new ToolCall("call_0123456789abcdef", "f", "{}"))),
                    new Message.Tool("call_0123456789abcdef", "x")));
    String text = template.render(talk, true).value();
    assertThat(text).matches("\\[([A-Za-z0-9]{9}) .*]\\[\\1]");
  }
}
