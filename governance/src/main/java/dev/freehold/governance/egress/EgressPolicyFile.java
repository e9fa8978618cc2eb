package dev.freehold.governance.egress;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The gate's policy as a file: `{"identifiers","secrets","kinds":{KIND: …},"deadlineMillis"}`,
/// each `stop` or `replace`. Without a file the policy is the default one; a file that cannot be
/// read, or that says anything else, is no policy at all, and then nothing leaves.
///
/// Read at each use, so that a change counts at the next request. Safe for use by many threads at
/// once.
public final class EgressPolicyFile {

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path file;

  /// @param file where it lies, or would
  public EgressPolicyFile(Path file) {
    this.file = file;
  }

  /// What it says.
  ///
  /// @throws MalformedFile where it says something that is not known
  /// @throws Unavailable where it cannot be read
  public EgressPolicy read() {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException _) {
      return EgressPolicy.DEFAULT;
    } catch (IOException e) {
      throw new Unavailable("%s cannot be read: %s.".formatted(file, e.getMessage()), e);
    }
    try {
      return policy(JSON.readTree(bytes));
    } catch (JacksonException e) {
      throw new MalformedFile(file.toString(), -1, "it is no JSON", e);
    } catch (InvalidRequest e) {
      throw new MalformedFile(file.toString(), -1, e.getMessage(), e);
    }
  }

  private static EgressPolicy policy(JsonNode json) {
    if (!json.isObject()) {
      throw new InvalidRequest("it is no object", null);
    }
    EgressPolicy usual = EgressPolicy.DEFAULT;
    EgressPolicy.Action identifiers = usual.identifiers();
    EgressPolicy.Action secrets = usual.secrets();
    Map<Kind, EgressPolicy.Action> kinds = new EnumMap<>(Kind.class);
    Duration deadline = usual.deadline();
    for (Map.Entry<String, JsonNode> one : json.properties()) {
      JsonNode value = one.getValue();
      switch (one.getKey()) {
        case "identifiers" -> identifiers = action(value);
        case "secrets" -> secrets = action(value);
        case "kinds" -> {
          if (!value.isObject()) {
            throw new InvalidRequest("kinds is no object", null);
          }
          value
              .properties()
              .forEach(kind -> kinds.put(Kind.of(kind.getKey()), action(kind.getValue())));
        }
        case "deadlineMillis" -> {
          if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw new InvalidRequest("deadlineMillis is no whole number", null);
          }
          deadline = Duration.ofMillis(value.intValue());
        }
        default -> throw new InvalidRequest("it does not know %s".formatted(one.getKey()), null);
      }
    }
    return new EgressPolicy(identifiers, secrets, kinds, deadline);
  }

  private static EgressPolicy.Action action(JsonNode value) {
    return EgressPolicy.Action.of(value.isString() ? value.stringValue() : value.toString());
  }

  /// Replaces what it says, as a whole.
  ///
  /// @throws Unavailable where it cannot be written; the old one then counts
  public void write(EgressPolicy policy) {
    ObjectNode json =
        JSON.createObjectNode()
            .put("identifiers", policy.identifiers().word())
            .put("secrets", policy.secrets().word());
    ObjectNode kinds = json.putObject("kinds");
    new TreeMap<>(policy.kinds()).forEach((kind, action) -> kinds.put(kind.name(), action.word()));
    json.put("deadlineMillis", policy.deadline().toMillis());
    try {
      Path fresh = file.resolveSibling(file.getFileName() + ".new");
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(fresh, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new Unavailable("%s cannot be written: %s.".formatted(file, e.getMessage()), e);
    }
  }

  /// The policy for a request that wants to leave now.
  ///
  /// @throws Unavailable where there is none that can be read: nothing leaves then
  EgressPolicy require() {
    try {
      return read();
    } catch (FreeholdException e) {
      throw new Unavailable(
          "The gate's policy cannot be read, so nothing leaves: %s".formatted(e.getMessage()), e);
    }
  }
}
