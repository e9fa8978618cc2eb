package dev.freehold.store;

import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A file at an address that the user wrote out, for which nobody vouches.
///
/// @param http whom to ask with
/// @param address where it is
/// @param title what to call the server
record AddressedFile(Http http, URI address, String title) {

  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes 0-0/(\\d{1,18})");

  Download download(OptionalLong size, Consumer<PullEvent> events) {
    return new Download(
        http,
        address,
        http.origins().with(address),
        title,
        size,
        answer -> Http.unexpected(title, answer.status()),
        events);
  }

  /// All parts of the model of which this file is one. Each is asked for its first byte, so that
  /// the size of the whole and the versions of its parts are known before any of it comes.
  ///
  /// @throws Unavailable where the server has not all of them
  List<Piece> parts(ModelFolder.Place place) {
    List<Piece> pieces = new ArrayList<>();
    List<String> paths = place.parts();
    for (int i = 0; i < paths.size(); i++) {
      AddressedFile part = beside(place.parts().get(place.number() - 1), paths.get(i));
      pieces.add(part.piece(place.stored(i)));
    }
    return pieces;
  }

  /// The same address with another path; what follows the path stays.
  private AddressedFile beside(String own, String other) {
    String from = own.substring(own.lastIndexOf('/') + 1);
    String to = other.substring(other.lastIndexOf('/') + 1);
    String number = from.substring(from.length() - "00001-of-00001.gguf".length());
    String wanted = to.substring(to.length() - number.length());
    String text = address.toString();
    int at = text.lastIndexOf(number, text.indexOf('?') < 0 ? text.length() : text.indexOf('?'));
    String changed = text.substring(0, at) + wanted + text.substring(at + number.length());
    return new AddressedFile(http, URI.create(changed), title);
  }

  private Piece piece(String stored) {
    Map<String, String> firstByte = Map.of("Range", "bytes=0-0");
    try (Http.Answer answer = http.get(address, http.origins().with(address), title, firstByte)) {
      OptionalLong size = size(answer);
      if (size.isEmpty()) {
        throw answer.status() == 200 || answer.status() == 206
            ? new Unavailable(
                "%s does not say how large %s is; it is refused.".formatted(title, stored))
            : Http.unexpected(title, answer.status());
      }
      return new Piece(
          stored,
          size.getAsLong(),
          Optional.empty(),
          answer.header("ETag").filter(tag -> !tag.startsWith("W/")),
          (partial, events) -> download(size, events).into(partial));
    } catch (IOException e) {
      throw new Unavailable("%s: the connection was cut (%s).".formatted(title, e.getMessage()), e);
    }
  }

  private static OptionalLong size(Http.Answer answer) {
    if (answer.status() == 200) {
      return answer.length();
    }
    Matcher range = CONTENT_RANGE.matcher(answer.header("Content-Range").orElse(""));
    return answer.status() == 206 && range.matches()
        ? OptionalLong.of(Long.parseLong(range.group(1)))
        : OptionalLong.empty();
  }
}
