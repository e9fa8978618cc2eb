package dev.freehold.cli;

import dev.freehold.chat.Unavailable;
import dev.freehold.governance.IssuedKey;
import dev.freehold.store.ModelStore;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `freehold rehearse`: starts and asks itself, in a folder that is thrown away, so that Java can
/// record what a start needs (JEP 483, ahead-of-time class loading). The script `freehold` runs it
/// after a build; people need not.
record RehearseCommand() implements Subcommand {

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("rehearse");
    spec.usageMessage().hidden(true).description("Records what a start needs.");
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Settings settings) {
    try {
      Path home = Files.createTempDirectory("freehold-rehearsal");
      try {
        Settings here =
            new Settings(
                home,
                "127.0.0.1",
                0,
                true,
                settings.model(),
                Set.of(),
                settings.threads(),
                settings.judge(),
                "",
                "",
                0);
        try (Running running =
            Running.start(
                here, ModelStore.open(settings.home()), new EngineOpener(settings.threads()))) {
          String key = running.firstKey().map(IssuedKey::secret).orElse("");
          for (String path : List.of("/", "/health", "/api/session", "/api/models", "/v1/models")) {
            ask(running.address() + path, key, "");
          }
          for (String form : List.of("text", "json_object")) {
            ask(
                running.address() + "/v1/chat/completions",
                key,
                """
                {"model":"%s","max_tokens":2,"messages":[{"role":"user","content":"Hello, JSON"}],\
                "response_format":{"type":"%s"}}\
                """
                    .formatted(settings.model(), form));
          }
        }
      } finally {
        clear(home);
      }
    } catch (IOException e) {
      throw new Unavailable("The rehearsal could not be held: " + e.getMessage(), e);
    }
    return ExitCode.OK;
  }

  private static void ask(String address, String key, String body) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) URI.create(address).toURL().openConnection();
    connection.setRequestProperty("Authorization", "Bearer " + key);
    if (!body.isEmpty()) {
      connection.setDoOutput(true);
      connection.setRequestProperty("Content-Type", "application/json");
      connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
    }
    // Whatever the answer is: the way to it was walked.
    if (connection.getResponseCode() < 400) {
      connection.getInputStream().readAllBytes();
    }
    connection.disconnect();
  }

  private static void clear(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
