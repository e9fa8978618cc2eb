package dev.freehold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freehold.engine.LocalChatModel;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The `reranker` setting from the file to the order in which passages are found.
class RerankerSettingTest {

  private static final Path TINY =
      Path.of(
          "..",
          "model",
          "src",
          "test",
          "resources",
          "dev",
          "freehold",
          "model",
          "oracle",
          "rank-bert.gguf");
  private static final String QUESTION = "what bends the rays of light";
  private static final List<String> TEXTS =
      List.of(
          "The rays of light are bent by bodies at a distance.",
          "Bodies act upon light, and bend its rays strongly.",
          "Light is bent in passing by the edges of bodies.",
          "What bends the rays is the action of bodies upon light.");

  private static final Set<String> ENDS = Set.of("ready", "partly", "failed");

  @TempDir private Path home;

  private final HttpClient client = HttpClient.newHttpClient();

  private JsonNode ask(String address, String method, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create(address))
                .header("Content-Type", "application/json")
                .header("X-Freehold", "1")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isBetween(200, 201);
    return JsonMapper.shared().readTree(response.body());
  }

  @Test
  void passagesComeInTheOrderOfTheRerankerThatTheFileNames()
      throws IOException, InterruptedException {
    Ran pull = Ran.command(home, "pull", TINY.toString(), "--name", "tiny");
    assertThat(pull.code()).as(pull.err()).isZero();
    Files.writeString(home.resolve("freehold.properties"), "model=tiny\nreranker=tiny\n");
    try (UpProcess up = UpProcess.start(home, "up", "--port", "0", "--no-auth");
        LocalChatModel model = LocalChatModel.open(TINY)) {
      String address = up.address();
      String collection =
          ask(address + "/api/collections", "POST", "{\"name\":\"queries\"}")
              .path("id")
              .stringValue();
      String documents = address + "/api/collections/" + collection + "/documents";
      for (int i = 0; i < TEXTS.size(); i++) {
        ask(documents + "?name=%d.txt".formatted(i), "POST", TEXTS.get(i));
      }
      while (!ask(documents, "GET", "")
          .path("documents")
          .valueStream()
          .allMatch(document -> ENDS.contains(document.path("state").stringValue()))) {
        Thread.sleep(50);
      }
      JsonNode found =
          ask(
                  address + "/api/search?q=" + URLEncoder.encode(QUESTION, StandardCharsets.UTF_8),
                  "GET",
                  "")
              .path("passages");
      List<String> texts =
          found.valueStream().map(passage -> passage.path("text").stringValue()).toList();
      assertThat(texts).containsExactlyInAnyOrderElementsOf(TEXTS);
      List<Double> relevance = model.reranker().relevance(QUESTION, texts);
      assertThat(relevance).isSortedAccordingTo((a, b) -> Double.compare(b, a));
      for (int i = 0; i < texts.size(); i++) {
        assertThat(found.path(i).path("score").doubleValue())
            .isCloseTo(relevance.get(i), within(1e-5));
      }
    }
  }
}
