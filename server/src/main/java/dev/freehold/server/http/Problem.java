package dev.freehold.server.http;

import dev.freehold.chat.Busy;
import dev.freehold.chat.Conflict;
import dev.freehold.chat.ContextLengthExceeded;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unauthenticated;
import dev.freehold.chat.Unavailable;
import dev.freehold.chat.Unsupported;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// An error as a client sees it: status and the JSON of OpenAI's API. The one place where what went
/// wrong becomes HTTP.
///
/// @param status the HTTP status
/// @param type OpenAI's coarse kind
/// @param code OpenAI's stable word, or ours where it has none
/// @param param the field at fault, if a single one is
/// @param message the sentence for a person
/// @param retryAfter when the same request may succeed, if it may
public record Problem(
    int status,
    String type,
    @Nullable String code,
    @Nullable String param,
    String message,
    @Nullable Duration retryAfter) {

  private static final String INVALID = "invalid_request_error";
  private static final System.Logger LOG = System.getLogger("dev.freehold.server");

  /// What to tell a client about this failure.
  ///
  /// Of a failure that is nobody's fault but ours, only that it happened: its message may hold
  /// anything, also what a person wrote.
  public static Problem of(Throwable failure, String requestId) {
    return switch (failure) {
      case Refusal refusal ->
          new Problem(
              refusal.status(),
              refusal.status() == 403 ? "permission_error" : INVALID,
              refusal.code(),
              refusal.param(),
              refusal.getMessage(),
              null);
      case FreeholdException known -> of(known);
      default -> {
        LOG.log(
            System.Logger.Level.ERROR,
            () -> "%s failed: %s".formatted(requestId, traceWithoutMessages(failure)));
        yield new Problem(
            500,
            "server_error",
            "internal_error",
            null,
            "Something went wrong here; the server's log has it under %s.".formatted(requestId),
            null);
      }
    };
  }

  private static Problem of(FreeholdException failure) {
    String message = failure.getMessage();
    return switch (failure) {
      case InvalidRequest invalid ->
          new Problem(400, INVALID, "invalid_value", invalid.field(), message, null);
      case ContextLengthExceeded _ ->
          new Problem(400, INVALID, "context_length_exceeded", "messages", message, null);
      case Unauthenticated _ -> new Problem(401, INVALID, "invalid_api_key", null, message, null);
      case NotFound _ -> new Problem(404, INVALID, "not_found", null, message, null);
      case Conflict _ -> new Problem(409, INVALID, "conflict", null, message, null);
      case MalformedFile _ -> new Problem(422, INVALID, "malformed_file", null, message, null);
      case Unsupported _ -> new Problem(400, INVALID, "unsupported", null, message, null);
      case Busy busy ->
          new Problem(
              429, "rate_limit_error", "rate_limit_exceeded", null, message, busy.retryAfter());
      case Unavailable _ ->
          new Problem(503, "server_error", "unavailable", null, message, Duration.ofSeconds(2));
    };
  }

  /// The same problem under another name for the field at fault.
  public Problem withParam(String value) {
    return new Problem(status, type, code, value, message, retryAfter);
  }

  /// `{"error":{"message","type","param","code"}}`.
  public ObjectNode json() {
    ObjectNode error = JsonNodeFactory.instance.objectNode();
    error.put("message", message).put("type", type).put("param", param).put("code", code);
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.set("error", error);
    return body;
  }

  private static String traceWithoutMessages(Throwable failure) {
    var trace = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      trace.append(trace.isEmpty() ? "" : "\n caused by ").append(cause.getClass().getName());
      StackTraceElement[] frames = cause.getStackTrace();
      for (int i = 0; i < Math.min(frames.length, 12); i++) {
        trace.append("\n  at ").append(frames[i]);
      }
    }
    return trace.toString();
  }
}
