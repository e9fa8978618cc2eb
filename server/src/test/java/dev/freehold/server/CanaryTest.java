package dev.freehold.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.governance.IssuedKey;
import dev.freehold.server.http.Route;
import dev.freehold.workload.CapturePolicy;
import dev.freehold.workload.Workload;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// An evil model that says everything it was given, and people with secrets of their own: whoever
/// asks for whatever on whichever route, no byte of an answer holds another's secret.
class CanaryTest {

  @TempDir Path folder;
  private House house;
  private final Map<IssuedKey, Set<String>> canaries = new LinkedHashMap<>();
  private final Map<String, List<String>> ids = new LinkedHashMap<>();
  private final Random random = new Random(11);
  private int canary;

  @BeforeEach
  void start() throws Exception {
    house = House.in(folder);
    house.model.script = EchoModel.EVERYTHING;
    record();
    for (IssuedKey key :
        List.of(house.anna, house.bruno, house.keys.create("Carla", Set.of("staff")))) {
      canaries.put(key, new LinkedHashSet<>());
      settle(key);
    }
    prove();
  }

  @AfterEach
  void stop() {
    house.close();
  }

  private String canary(IssuedKey key) {
    String word = "canary%dx%04x".formatted(canary++, random.nextInt(1 << 16));
    canaries.get(key).add(word);
    return word;
  }

  private void remember(String kind, JsonNode made) {
    ids.computeIfAbsent(kind, _ -> new ArrayList<>()).add(made.get("id").asString());
  }

  private void settle(IssuedKey key) throws Exception {
    JsonNode collection =
        House.json(
            house.post(key, "/api/collections", "{\"name\":\"Salaries " + canary(key) + "\"}"));
    remember("collection", collection);
    String id = collection.get("id").asString();
    for (int i = 0; i < 3; i++) {
      HttpResponse<String> made =
          house.send(
              house
                  .as(key, "/api/collections/" + id + "/documents?name=" + canary(key) + ".md")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "# Salaries %s\n\nThe salary of the director is %s euros a year.\n"
                              .formatted(canary(key), canary(key)))));
      remember("document", House.json(made));
    }
    assertThat(house.library.await(key.principal(), id, Duration.ofSeconds(120))).isTrue();
    JsonNode found = House.json(house.get(key, "/api/search?q=salary+of+the+director"));
    found.get("passages").forEach(passage -> remember("passage", passage));
    JsonNode conversation =
        House.json(
            house.post(
                key,
                "/api/conversations",
                "{\"model\":\"echo\",\"collections\":[\"" + id + "\"]}"));
    remember("conversation", conversation);
    Events events =
        Events.in(
            house
                .post(
                    key,
                    "/api/conversations/" + conversation.get("id").asString() + "/messages",
                    "{\"text\":\"What is the salary of the director? " + canary(key) + "\"}")
                .body());
    remember("message", events.first("question").get("message"));
    house.post(
        key,
        "/v1/chat/completions",
        "{\"model\":\"recorded\",\"messages\":[{\"role\":\"user\",\"content\":\"I am "
            + canary(key)
            + "\"}]}");
    ids.computeIfAbsent("principal", _ -> new ArrayList<>()).add(key.principal().id());
  }

  /// A workload whose exchanges are kept with their words: only administrators may see them.
  private void record() {
    house.workloads.create(
        house.ada.principal(),
        Workload.of("recorded", "echo")
            .withCapture(new CapturePolicy(CapturePolicy.Mode.FULL, Duration.ofDays(1))));
    ids.put("workload", List.of("recorded"));
  }

  /// A benchmark that was drawn from what all of them asked, and a proof on it.
  private void prove() throws Exception {
    house.workloads.settle();
    String base = "/api/workloads/recorded";
    house.post(house.ada, base + "/benchmark", "{\"grader\":\"contains\"}");
    JsonNode golds = House.json(house.get(house.ada, base + "/golds")).get("golds");
    golds.forEach(one -> remember("case", one));
    assertThat(golds.toString()).contains(canaries.get(house.anna).stream().toList().getLast());
    JsonNode proof =
        House.json(
            house.post(
                house.ada, base + "/proofs", "{\"candidates\":[\"echo\"],\"modelGolds\":true}"));
    remember("proof", proof);
    String state = "running";
    while (state.equals("running")) {
      Thread.sleep(50); // It runs beside; what counts is that it has ended.
      state =
          House.json(house.get(house.ada, "/api/proofs/" + proof.get("id").asString()))
              .get("state")
              .asString();
    }
    assertThat(state).isEqualTo("done");
  }

  private void check(IssuedKey asker, String what, HttpResponse<String> response) {
    String bytes = response.headers().map() + response.body();
    for (Map.Entry<IssuedKey, Set<String>> owner : canaries.entrySet()) {
      if (owner.getKey() != asker) {
        for (String secret : owner.getValue()) {
          assertThat(bytes)
              .as("%s asked %s", asker.principal().name(), what)
              .doesNotContain(secret);
        }
      }
    }
  }

  @Test
  void noRouteGivesOneAnothersWords() throws Exception {
    int asked = 0;
    // The evil model does say what it is given, or this test could not fail.
    HttpResponse<String> own =
        house.get(house.anna, "/api/conversations/" + ids.get("conversation").getFirst());
    assertThat(canaries.get(house.anna).stream().filter(own.body()::contains))
        .hasSizeGreaterThan(2);

    for (Route route : FreeholdServer.routes(ServerConfiguration.local(0), house.ports)) {
      // What would destroy the others' things is tested by RouteTableTest.
      if (route.method().equals("DELETE") || route.pattern().endsWith("/events")) {
        continue;
      }
      for (IssuedKey asker : canaries.keySet()) {
        for (String path : paths(route)) {
          HttpRequest.Builder request =
              house
                  .as(asker, path)
                  .header("Content-Type", "application/json")
                  .header("X-Freehold", "1")
                  .method(
                      route.method(),
                      route.method().equals("GET")
                          ? HttpRequest.BodyPublishers.noBody()
                          : HttpRequest.BodyPublishers.ofString(body(route)));
          check(asker, route.method() + " " + path, house.send(request));
          asked++;
        }
      }
    }
    assertThat(asked).isGreaterThan(150);
  }

  @Test
  void askingForAnothersCollectionsByIdFindsNothingOfThem() throws Exception {
    for (IssuedKey asker : canaries.keySet()) {
      for (String collection : ids.get("collection")) {
        HttpResponse<String> made =
            house.post(
                asker,
                "/api/conversations",
                "{\"model\":\"echo\",\"collections\":[\"" + collection + "\"]}");
        check(asker, "a conversation over " + collection, made);
        check(
            asker,
            "a search in " + collection,
            house.get(asker, "/api/search?q=salary+of+the+director&collection=" + collection));
      }
      for (String query :
          List.of("salary", "director%20euros", "canary", "*", "canary*", "%22", "title:x")) {
        check(asker, "a search", house.get(asker, "/api/search?q=" + query));
        check(asker, "a list", house.get(asker, "/api/conversations?query=" + query));
      }
    }
  }

  @Test
  void aCollectionThatIsNoLongerSharedIsNoLongerShownInOldConversations() throws Exception {
    IssuedKey bruno = house.bruno;
    String collection = ids.get("collection").getFirst();
    String path = "/api/collections/" + collection;
    house.change(house.anna, "PATCH", path, "{\"sharedWith\":[\"person:Bruno\"]}");
    JsonNode conversation =
        House.json(
            house.post(
                bruno,
                "/api/conversations",
                "{\"model\":\"echo\",\"collections\":[\"" + collection + "\"]}"));
    house.model.script = _ -> "It is in [1].";
    String talk = "/api/conversations/" + conversation.get("id").asString();
    HttpResponse<String> while_ =
        house.post(bruno, talk + "/messages", "{\"text\":\"What is the salary of the director?\"}");
    assertThat(canaries.get(house.anna).stream().filter(while_.body()::contains)).isNotEmpty();
    house.change(house.anna, "PATCH", path, "{\"sharedWith\":[]}");
    check(bruno, "an old conversation", house.get(bruno, talk));
    house.model.script = EchoModel.EVERYTHING;
    check(
        bruno,
        "an old conversation again",
        house.post(
            bruno, talk + "/messages", "{\"text\":\"What is the salary of the director?\"}"));
  }

  private List<String> paths(Route route) {
    List<String> paths =
        List.of(route.pattern().replace("{model...}", "echo").replace("{file...}", "app.js"));
    for (Map.Entry<String, List<String>> kind : ids.entrySet()) {
      paths =
          paths.stream()
              .flatMap(path ->
                  path.contains("{" + kind.getKey() + "}")
                      ? kind.getValue().stream()
                          .map(id -> path.replace("{" + kind.getKey() + "}", id))
                      : Stream.of(path))
              .toList();
    }
    return paths.stream()
        // Things that nobody here has.
        .map(path -> path.replaceAll("\\{[a-z]+}", "none"))
        .map(path -> path + (route.queries().contains("name") ? "?name=x.md" : ""))
        .map(path -> path + (route.queries().contains("q") ? "?q=salary+of+the+director" : ""))
        .toList();
  }

  private static String body(Route route) {
    return switch (route.pattern()) {
      case "/v1/chat/completions" ->
          "{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":\"What is the salary of the director?\"}]}";
      case "/v1/completions" -> "{\"model\":\"echo\",\"prompt\":\"The salary of the director is\"}";
      case "/v1/embeddings" -> "{\"model\":\"letters\",\"input\":\"salary\"}";
      case "/api/conversations" -> "{\"model\":\"echo\"}";
      case "/api/collections" -> "{\"name\":\"Salaries\"}";
      case "/api/conversations/{conversation}/messages" ->
          "{\"text\":\"What is the salary of the director?\"}";
      default -> "{}";
    };
  }
}
