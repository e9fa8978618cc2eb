package dev.freehold.chat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The tools of a conversation and what the model may do with them.
///
/// @param tools what is offered, at most 128, each name once
/// @param choice whether the model calls them
/// @param parallel whether it may call several in one answer
public record ToolUse(List<Tool> tools, ToolChoice choice, boolean parallel) {

  /// No tools.
  public static final ToolUse NONE = new ToolUse(List.of(), new ToolChoice.None(), true);

  private static final int MOST = 128;

  public ToolUse {
    tools = List.copyOf(tools);
    if (tools.size() > MOST) {
      throw new InvalidRequest("tools takes at most %d functions.".formatted(MOST), "tools");
    }
    Set<String> names = new HashSet<>();
    for (Tool tool : tools) {
      if (!names.add(tool.name())) {
        throw new InvalidRequest(
            "tools holds two functions of the name %s.".formatted(tool.name()), "tools");
      }
    }
    boolean known =
        switch (choice) {
          case ToolChoice.Auto _, ToolChoice.None _ -> true;
          case ToolChoice.Required _ -> !tools.isEmpty();
          case ToolChoice.Named named -> names.contains(named.name());
          case ToolChoice.Allowed allowed -> names.containsAll(allowed.names());
        };
    if (!known) {
      throw new InvalidRequest(
          "tool_choice asks for a function that tools does not hold.", "tool_choice");
    }
  }

  /// Tools that the model may call as it likes.
  public static ToolUse auto(List<Tool> tools) {
    return new ToolUse(tools, new ToolChoice.Auto(), true);
  }

  /// Whether the model must call a tool.
  public boolean required() {
    return switch (choice) {
      case ToolChoice.Auto _, ToolChoice.None _ -> false;
      case ToolChoice.Required _, ToolChoice.Named _ -> true;
      case ToolChoice.Allowed allowed -> allowed.required();
    };
  }

  /// The tools the model may call.
  public List<Tool> callable() {
    return switch (choice) {
      case ToolChoice.None _ -> List.of();
      case ToolChoice.Auto _, ToolChoice.Required _ -> tools;
      case ToolChoice.Named(String name) ->
          tools.stream().filter(tool -> tool.name().equals(name)).toList();
      case ToolChoice.Allowed(List<String> names, boolean _) ->
          tools.stream().filter(tool -> names.contains(tool.name())).toList();
    };
  }

  /// The tools the model is told of: none where it must call none.
  public List<Tool> shown() {
    return choice instanceof ToolChoice.None ? List.of() : tools;
  }
}
