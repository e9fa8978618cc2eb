package dev.freehold.chat;

/// A model's wish that a [Tool] be called.
///
/// @param id what the result refers to
/// @param name the tool's name
/// @param arguments as the model wrote them: the text of a JSON object, as a rule, but a model may
///   break off or err
public record ToolCall(String id, String name, String arguments) {}
