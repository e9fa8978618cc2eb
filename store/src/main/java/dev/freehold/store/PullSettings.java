package dev.freehold.store;

import dev.freehold.chat.InvalidRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How models are fetched.
///
/// @param hub Hugging Face, or a mirror that answers as it does
/// @param token sent to the hub's own origin and to no other
/// @param origins further origins that the hub may redirect to
/// @param connect a source that does not take a connection for so long is given up
/// @param firstByte a source that does not begin to answer for so long is given up
/// @param stall a connection on which nothing comes for so long counts as cut
/// @param retryPause before a cut connection is taken up again; doubles each time
/// @param retries how often in a row a connection may be cut
/// @param pip the command of Python's package installer, or empty to look for it
public record PullSettings(
    URI hub,
    Optional<String> token,
    List<URI> origins,
    Duration connect,
    Duration firstByte,
    Duration stall,
    Duration retryPause,
    int retries,
    List<String> pip) {

  private static final URI HUGGING_FACE = URI.create("https://huggingface.co");

  public PullSettings {
    origins = List.copyOf(origins);
    pip = List.copyOf(pip);
    Origins.requireOrigin(hub, "HF_ENDPOINT");
    origins.forEach(origin -> Origins.requireOrigin(origin, "FREEHOLD_PULL_ORIGINS"));
  }

  /// Hugging Face without a token.
  public static final PullSettings DEFAULT =
      new PullSettings(
          HUGGING_FACE,
          Optional.empty(),
          List.of(),
          Duration.ofSeconds(5),
          Duration.ofSeconds(15),
          Duration.ofSeconds(20),
          Duration.ofMillis(500),
          5,
          List.of());

  /// The settings of an environment: `HF_ENDPOINT`, `HF_TOKEN`, and `FREEHOLD_PULL_ORIGINS`
  /// separated by commas.
  public static PullSettings of(Map<String, String> environment) {
    List<URI> origins = new ArrayList<>();
    for (String origin : environment.getOrDefault("FREEHOLD_PULL_ORIGINS", "").split(",", -1)) {
      if (!origin.isBlank()) {
        origins.add(uri(origin, "FREEHOLD_PULL_ORIGINS"));
      }
    }
    String endpoint = environment.getOrDefault("HF_ENDPOINT", "");
    return DEFAULT
        .withHub(endpoint.isBlank() ? HUGGING_FACE : uri(endpoint, "HF_ENDPOINT"))
        .withToken(
            Optional.ofNullable(environment.get("HF_TOKEN"))
                .map(String::strip)
                .filter(token -> !token.isEmpty()))
        .withOrigins(origins);
  }

  /// The same with another hub.
  public PullSettings withHub(URI value) {
    return new PullSettings(
        value, token, origins, connect, firstByte, stall, retryPause, retries, pip);
  }

  /// The same with another token.
  public PullSettings withToken(Optional<String> value) {
    return new PullSettings(
        hub, value, origins, connect, firstByte, stall, retryPause, retries, pip);
  }

  /// The same with other further origins.
  public PullSettings withOrigins(List<URI> value) {
    return new PullSettings(hub, token, value, connect, firstByte, stall, retryPause, retries, pip);
  }

  /// The same with other patience.
  public PullSettings withPatience(
      Duration connecting, Duration answering, Duration stalling, Duration pause) {
    return new PullSettings(
        hub, token, origins, connecting, answering, stalling, pause, retries, pip);
  }

  /// The same with another pip.
  public PullSettings withPip(List<String> value) {
    return new PullSettings(
        hub, token, origins, connect, firstByte, stall, retryPause, retries, value);
  }

  /// Everything but the token itself.
  @Override
  public String toString() {
    return "PullSettings[hub=%s, token=%s, origins=%s]"
        .formatted(hub, token.isPresent() ? "given" : "none", origins);
  }

  private static URI uri(String text, String field) {
    try {
      return new URI(text.strip().replaceAll("/+$", ""));
    } catch (URISyntaxException e) {
      throw new InvalidRequest("%s is no address: \"%s\".".formatted(field, text), field);
    }
  }
}
