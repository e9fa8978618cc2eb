package dev.freehold.model.template;

import dev.freehold.chat.Message;
import dev.freehold.chat.Tool;
import dev.freehold.chat.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/// Finds a template's [CallForm] by rendering a turn that calls a tool in each form, until one
/// comes out whole.
final class Probe {

  /// What is offered meanwhile; its name is in no call.
  static final Tool TOOL = new Tool("offered", "Offered.", Tool.NO_PARAMETERS, false);

  private static final String NAME = "probe_function";
  private static final String OTHER = "second_function";
  private static final String VALUE = "probe_value";
  private static final String ARGUMENTS = "{\"probe_key\":\"" + VALUE + "\"}";
  private static final String SHORT_ID = "probe0001";

  private final BiFunction<List<Message>, CallForm, String> render;

  /// @param render what the template makes of messages; throws [TemplateFailure]
  Probe(BiFunction<List<Message>, CallForm, String> render) {
    this.render = render;
  }

  /// The form; empty where the template does not show calls in any.
  Optional<CallForm> form() {
    List<Message> one = talk(SHORT_ID, NAME);
    for (boolean text : new boolean[] {false, true}) {
      for (boolean nothing : new boolean[] {true, false}) {
        var form = new CallForm(nothing, text, true, false);
        if (whole(one, form)) {
          return Optional.of(finished(form));
        }
      }
    }
    return Optional.empty();
  }

  private CallForm finished(CallForm form) {
    boolean several = rendered(talk(SHORT_ID, NAME, OTHER), form).contains(OTHER);
    boolean anyId = rendered(talk("call_0123456789abcdef", NAME), form).contains(NAME);
    return new CallForm(form.nothingSaid(), form.textArguments(), several, !anyId);
  }

  private boolean whole(List<Message> messages, CallForm form) {
    String text = rendered(messages, form);
    return text.contains(NAME)
        && text.contains(VALUE)
        // Printed by Python or escaped twice.
        && !text.contains("None")
        && !text.contains("{'probe")
        && !text.contains("\\\"probe");
  }

  private String rendered(List<Message> messages, CallForm form) {
    try {
      return render.apply(messages, form);
    } catch (TemplateFailure e) {
      return "";
    }
  }

  private static List<Message> talk(String id, String... names) {
    List<ToolCall> calls = new ArrayList<>();
    List<Message> results = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      String each = id.substring(0, id.length() - 1) + i;
      calls.add(new ToolCall(each, names[i], ARGUMENTS));
      results.add(new Message.Tool(each, "7"));
    }
    List<Message> messages = new ArrayList<>();
    messages.add(new Message.User("?"));
    messages.add(new Message.Assistant("", "", calls));
    messages.addAll(results);
    return messages;
  }
}
