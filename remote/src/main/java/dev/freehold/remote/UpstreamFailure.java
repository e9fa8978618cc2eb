package dev.freehold.remote;

import dev.freehold.chat.Busy;
import dev.freehold.chat.ContextLengthExceeded;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What an upstream's refusals and faults mean to the one who asked.
final class UpstreamFailure {

  private static final int SHOWN = 300;
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

  private UpstreamFailure() {}

  /// @param status what it answered
  /// @param body the beginning of what it said
  /// @param retryAfter when it asks to be asked again
  static FreeholdException of(String upstream, int status, String body, Duration retryAfter) {
    JsonNode error = Json.read(body).path("error");
    String said = said(error);
    return switch (status) {
      // What it says then may hold a part of the key.
      case 401, 403 ->
          new Unavailable(
              ("%s refused its key (status %d). An administrator can add the upstream again with"
                      + " another.")
                  .formatted(upstream, status));
      case 404 ->
          new NotFound(
              "%s has no such model or address%s. `freehold upstreams test` lists what it has."
                  .formatted(upstream, said));
      case 429 -> new Busy("%s is asked too often%s.".formatted(upstream, said), retryAfter);
      case 400, 413, 422 -> invalid(upstream, error, said);
      default -> {
        if (status >= 300 && status < 400) {
          yield new Unavailable(
              "%s redirects (status %d), which is never followed: its key is for one server only."
                  .formatted(upstream, status));
        }
        yield new Unavailable("%s answered with status %d%s.".formatted(upstream, status, said));
      }
    };
  }

  private static FreeholdException invalid(String upstream, JsonNode error, String said) {
    if (Json.text(error, "code").equals("context_length_exceeded")) {
      Matcher numbers = NUMBER.matcher(Json.text(error, "message"));
      int low = Integer.MAX_VALUE;
      int high = 0;
      while (numbers.find()) {
        int number = Integer.parseInt(numbers.group());
        low = Math.min(low, number);
        high = Math.max(high, number);
      }
      if (high > low) {
        return new ContextLengthExceeded(high, low);
      }
    }
    String param = Json.text(error, "param");
    return new InvalidRequest(
        "%s refused the request%s.".formatted(upstream, said), param.isEmpty() ? null : param);
  }

  /// The failure that an upstream reports in the middle of its answer.
  static Unavailable inStream(String upstream, JsonNode error) {
    return new Unavailable(
        "%s failed in the middle of its answer%s.".formatted(upstream, said(error)));
  }

  /// The stream of an answer makes no sense.
  static Unavailable broken(String upstream, String what) {
    return broken(upstream, what, null);
  }

  /// The stream of an answer ended before the answer did.
  static Unavailable broken(String upstream, String what, @Nullable Throwable cause) {
    return new Unavailable("%s broke off its answer: it %s.".formatted(upstream, what), cause);
  }

  private static String said(JsonNode error) {
    String message = error.isString() ? error.stringValue() : Json.text(error, "message");
    if (message.isEmpty()) {
      message = Json.text(error, "error");
    }
    String plain = message.replaceAll("\\p{Cntrl}", " ").strip();
    plain = plain.length() > SHOWN ? plain.substring(0, SHOWN) + "…" : plain;
    return plain.isEmpty() ? "" : ": " + plain.replaceFirst("\\.+$", "");
  }
}
