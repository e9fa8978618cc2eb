package dev.freehold.cli;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Unavailable;
import dev.freehold.engine.SavedPrompts;
import dev.freehold.governance.egress.EgressPolicyFile;
import dev.freehold.proving.PinnedJudge;
import dev.freehold.store.Catalogue;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;

/// What was configured: a flag over the environment over `freehold.properties` in the data folder
/// over the default.
///
/// @param home the data folder
/// @param host address to listen on
/// @param port port to listen on; 0 takes a free one
/// @param authentication whether callers must name themselves; off only on this machine's own
///   addresses
/// @param model the model that is used where none is named
/// @param names names by which browsers may reach this machine
/// @param threads threads for arithmetic; 0: one for each core
/// @param judge the model that compares answers where nobody names another
/// @param reranker the cross-encoder that puts passages of documents in order; empty: none
/// @param trainer a program that trains beside this one, with its arguments; empty: none
/// @param promptCache MiB that saved prompts may take on the disk together; 0: none is saved
record Settings(
    Path home,
    String host,
    int port,
    boolean authentication,
    String model,
    Set<String> names,
    int threads,
    Optional<PinnedJudge> judge,
    String reranker,
    String trainer,
    int promptCache) {

  private static final String FILE = "freehold.properties";
  private static final Set<String> KEYS =
      Set.of(
          "host",
          "port",
          "authentication",
          "model",
          "names",
          "threads",
          "judge",
          "reranker",
          "trainer",
          "prompt-cache");

  private static final int MOST_MEBIBYTES = 1 << 30;

  /// Puts them together.
  ///
  /// @param flags by the name of the setting, only those given
  /// @param environment variables: `FREEHOLD_HOME`, `FREEHOLD_HOST` …
  static Settings of(Map<String, String> flags, Map<String, String> environment) {
    Path home =
        path(
            Optional.ofNullable(flags.get("home"))
                .or(() -> given(environment, "FREEHOLD_HOME"))
                .orElse(System.getProperty("user.home") + "/.freehold"));
    Map<String, String> all = new HashMap<>(fromFile(home.resolve(FILE)));
    for (String key : KEYS) {
      given(environment, "FREEHOLD_" + key.toUpperCase(java.util.Locale.ROOT).replace('-', '_'))
          .ifPresent(value -> all.put(key, value));
    }
    all.putAll(flags);
    return new Settings(
        home,
        all.getOrDefault("host", "127.0.0.1"),
        number(all, "port", 8080, 65_535),
        truth(all, "authentication", true),
        all.getOrDefault("model", Catalogue.DEFAULT),
        Arrays.stream(all.getOrDefault("names", "").split(",", -1))
            .map(String::strip)
            .filter(name -> !name.isEmpty())
            .collect(Collectors.toUnmodifiableSet()),
        number(all, "threads", 0, 4_096),
        Optional.ofNullable(all.get("judge"))
            .filter(text -> !text.isBlank())
            .map(text -> PinnedJudge.of(text.strip())),
        all.getOrDefault("reranker", ""),
        all.getOrDefault("trainer", "").strip(),
        number(all, "prompt-cache", 0, MOST_MEBIBYTES));
  }

  /// What the gate does about what it finds, as the data folder says it.
  EgressPolicyFile gatePolicy() {
    return new EgressPolicyFile(home.resolve("gate.json"));
  }

  /// The same with another model where none is named.
  Settings withModel(String name) {
    return new Settings(
        home,
        host,
        port,
        authentication,
        name,
        names,
        threads,
        judge,
        reranker,
        trainer,
        promptCache);
  }

  /// Where prompts are saved, if they are; what was saved earlier lies there too.
  SavedPrompts prompts() {
    return SavedPrompts.in(home.resolve("prompts"), (long) promptCache << 20);
  }

  private static Optional<String> given(Map<String, String> environment, String variable) {
    return Optional.ofNullable(environment.get(variable)).filter(value -> !value.isBlank());
  }

  private static Map<String, String> fromFile(Path file) {
    Map<String, String> found = new HashMap<>();
    if (!Files.exists(file)) {
      return found;
    }
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      properties.load(in);
    } catch (IOException | IllegalArgumentException e) {
      throw new Unavailable("%s cannot be read: %s.".formatted(file, e.getMessage()), e);
    }
    for (String key : properties.stringPropertyNames()) {
      if (!KEYS.contains(key)) {
        throw new InvalidRequest(
            "%s sets \"%s\", which is no setting. There are: %s."
                .formatted(file, key, String.join(", ", KEYS.stream().sorted().toList())),
            key);
      }
      found.put(key, properties.getProperty(key));
    }
    return found;
  }

  private static Path path(String text) {
    try {
      return Path.of(text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new InvalidRequest("\"%s\" is no folder's name.".formatted(text), "home");
    }
  }

  private static int number(Map<String, String> all, String key, int otherwise, int most) {
    String text = all.get(key);
    if (text == null) {
      return otherwise;
    }
    try {
      int number = Integer.parseInt(text.strip());
      if (number >= 0 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw notANumber(key, text, most);
    }
    throw notANumber(key, text, most);
  }

  private static InvalidRequest notANumber(String key, String text, int most) {
    return new InvalidRequest(
        "%s takes a number from 0 to %d, not \"%s\".".formatted(key, most, text), key);
  }

  private static boolean truth(Map<String, String> all, String key, boolean otherwise) {
    return switch (all.getOrDefault(key, Boolean.toString(otherwise)).strip()) {
      case "true" -> true;
      case "false" -> false;
      case String other ->
          throw new InvalidRequest(
              "%s takes true or false, not \"%s\".".formatted(key, other), key);
    };
  }
}
