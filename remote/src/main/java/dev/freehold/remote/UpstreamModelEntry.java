package dev.freehold.remote;

import dev.freehold.chat.InvalidRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A model as an upstream lists it.
///
/// @param id its name there
/// @param contextLength most tokens of prompt and answer; 0 where the upstream does not say
/// @param shutdown the day it ends, where that was announced
public record UpstreamModelEntry(String id, int contextLength, Optional<LocalDate> shutdown) {

  public UpstreamModelEntry {
    if (id.isBlank() || id.length() > 300 || id.chars().anyMatch(c -> c < 0x20)) {
      throw new InvalidRequest("A model's name is 1 to 300 characters.", "model");
    }
  }

  /// A model of which nothing else is known.
  public static UpstreamModelEntry of(String id) {
    return new UpstreamModelEntry(id, 0, Optional.empty());
  }

  /// A date as providers write it: a day, a moment, or seconds since 1970; empty for anything else.
  static Optional<LocalDate> date(JsonNode node) {
    try {
      if (node.isIntegralNumber()) {
        return Optional.of(
            Instant.ofEpochSecond(node.longValue()).atOffset(ZoneOffset.UTC).toLocalDate());
      }
      String text = node.isString() ? node.stringValue() : "";
      return text.length() >= 10
          ? Optional.of(LocalDate.parse(text.substring(0, 10)))
          : Optional.empty();
    } catch (DateTimeParseException _) {
      return Optional.empty(); // A listing is not worth less for one date that cannot be read.
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }
}
