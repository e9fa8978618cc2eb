package dev.freehold.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.governance.IssuedKey;
import dev.freehold.server.http.Access;
import dev.freehold.server.http.Route;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every route of the table against people who may not use it; a route added later is tested
/// without anybody thinking of it.
class RouteTableTest {

  private static final String UNKNOWN = "x-0000000000000000";

  @TempDir Path folder;
  private House house;
  private List<Route> routes;

  @BeforeEach
  void start() {
    house = House.in(folder);
    routes = FreeholdServer.routes(ServerConfiguration.local(0), house.ports);
    assertThat(routes).hasSizeGreaterThan(30);
  }

  @AfterEach
  void stop() {
    house.close();
  }

  private static String fill(Route route, Map<String, String> ids) {
    String path = route.pattern();
    for (Map.Entry<String, String> id : ids.entrySet()) {
      path = path.replace("{" + id.getKey() + "}", id.getValue());
    }
    return path.replace("{model...}", "echo").replace("{file...}", "nope.js")
        + (route.queries().contains("name") ? "?name=a.txt" : "")
        + (route.queries().contains("q") ? "?q=a" : "");
  }

  private static Map<String, String> unknown() {
    Map<String, String> ids = new TreeMap<>();
    for (String name :
        List.of(
            "conversation",
            "message",
            "collection",
            "document",
            "passage",
            "workload",
            "case",
            "proof",
            "upstream",
            "principal",
            "job",
            "taught")) {
      ids.put(name, UNKNOWN);
    }
    return ids;
  }

  private HttpResponse<String> call(HttpRequest.Builder request, Route route, String body)
      throws Exception {
    return house.send(
        request
            .header("Content-Type", "application/json")
            .method(
                route.method(),
                route.method().equals("GET") || route.method().equals("DELETE")
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body)));
  }

  private static String body(Route route) {
    return route.pattern().endsWith("/messages") ? "{\"text\":\"x\"}" : "{}";
  }

  @Test
  void withoutCredentialsEverythingIsA401ButHealthSignInAndStaticFiles() throws Exception {
    List<String> open = new ArrayList<>();
    for (Route route : routes) {
      HttpResponse<String> response =
          call(house.request(fill(route, unknown())), route, body(route));
      if (response.statusCode() != 401) {
        open.add(route.method() + " " + route.pattern());
      } else {
        assertThat(response.body()).contains("\"code\":\"invalid_api_key\"");
        assertThat(response.headers().firstValue("www-authenticate")).hasValue("Bearer");
      }
    }
    assertThat(open)
        .containsExactlyInAnyOrder(
            "GET /health",
            "POST /api/session",
            "GET /",
            "GET /c/{conversation}",
            "GET /documents",
            "GET /documents/{collection}",
            "GET /d/{document}",
            "GET /workloads",
            "GET /workloads/{workload}",
            "GET /teach",
            "GET /teach/{job}",
            "GET /workloads/{workload}/proofs",
            "GET /workloads/{workload}/golds",
            "GET /upstreams",
            "GET /sign-in",
            "GET /assets/{file...}",
            "GET /webjars/{file...}");
    for (String path : List.of("/v1/nope", "/api/nope", "/nope", "/v1/chat")) {
      assertThat(house.send(house.request(path).GET()).statusCode()).as(path).isEqualTo(401);
    }
  }

  @Test
  void wrongKeysAndSessionsOpenNothing() throws Exception {
    String session = house.keys.openSession(house.anna.secret());
    for (Route route : routes) {
      if (route.access() == Access.OPEN) {
        continue;
      }
      String path = fill(route, unknown());
      for (String[] header :
          new String[][] {
            {"Authorization", "Bearer fh-wrong"},
            {"Authorization", "Bearer " + house.anna.secret() + "x"},
            {"Authorization", "Bearer "},
            {"Authorization", "Basic " + house.anna.secret()},
            {"Authorization", house.anna.secret()},
            {"Cookie", "freehold_session=fs-wrong"},
            {"Cookie", "freehold_session=' or 1=1 --"},
            {"Cookie", "freehold_session=" + house.anna.secret()},
            {"X-Api-Key", house.anna.secret()}
          }) {
        HttpResponse<String> response =
            call(house.request(path).header(header[0], header[1]), route, body(route));
        assertThat(response.statusCode()).as(path + header[0]).isEqualTo(401);
      }
      // A wrong key is not mended by the right session beside it.
      HttpResponse<String> both =
          call(
              house
                  .request(path)
                  .header("Authorization", "Bearer fh-wrong")
                  .header("Cookie", "freehold_session=" + session),
              route,
              body(route));
      assertThat(both.statusCode()).isEqualTo(401);
    }
  }

  @Test
  void whatIsAnothersLooksLikeWhatDoesNotExist() throws Exception {
    Map<String, String> annas = annasThings();
    int compared = 0;
    for (Route route : routes) {
      if (route.access() == Access.OPEN
          || !route.pattern().contains("{")
          || route.pattern().contains("{model")) {
        continue;
      }
      HttpResponse<String> foreign =
          call(house.as(house.bruno, fill(route, annas)), route, body(route));
      HttpResponse<String> unknown =
          call(house.as(house.bruno, fill(route, unknown())), route, body(route));
      String as = route.method() + " " + route.pattern();
      assertThat(foreign.statusCode()).as(as).isEqualTo(404);
      String told = foreign.body();
      for (String id :
          annas.values().stream()
              .sorted(java.util.Comparator.comparingInt(String::length).reversed())
              .toList()) {
        told = told.replace(id, UNKNOWN);
      }
      assertThat(told).as(as).isEqualTo(unknown.body());
      assertThat(unknown.statusCode()).as(as).isEqualTo(404);
      compared++;
    }
    assertThat(compared).isGreaterThan(12);
    // Nothing of hers was harmed.
    assertThat(
            house.get(house.anna, "/api/conversations/" + annas.get("conversation")).statusCode())
        .isEqualTo(200);
    assertThat(house.get(house.anna, "/api/documents/" + annas.get("document")).statusCode())
        .isEqualTo(200);
  }

  private Map<String, String> annasThings() throws Exception {
    IssuedKey anna = house.anna;
    Map<String, String> ids = new TreeMap<>();
    String conversation = id(house.post(anna, "/api/conversations", "{\"model\":\"echo\"}"));
    ids.put("conversation", conversation);
    HttpResponse<String> asked =
        house.post(
            anna, "/api/conversations/" + conversation + "/messages", "{\"text\":\"secret\"}");
    ids.put("message", Events.in(asked.body()).first("question").at("/message/id").asString());
    String collection = id(house.post(anna, "/api/collections", "{\"name\":\"Mine\"}"));
    ids.put("collection", collection);
    ids.put(
        "document",
        id(
            house.send(
                house
                    .as(anna, "/api/collections/" + collection + "/documents?name=a.md")
                    .POST(HttpRequest.BodyPublishers.ofString("# Title\n\nThe oil is changed.")))));
    house.library.await(anna.principal(), collection, java.time.Duration.ofSeconds(60));
    HttpResponse<String> found =
        house.get(anna, "/api/search?q=oil+changed&collection=" + collection);
    ids.put("passage", House.json(found).at("/passages/0/id").asString());
    assertThat(ids.get("passage")).isNotEmpty();
    ids.put(
        "taught",
        house
            .teaching
            .files()
            .bring(
                anna.principal(),
                "a.jsonl",
                "fine-tune",
                new java.io.ByteArrayInputStream(
                    "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                100)
            .id());
    ids.put(
        "job",
        house
            .teaching
            .begin(
                anna.principal(),
                dev.freehold.teaching.Wish.of(
                        "echo",
                        "annas",
                        new dev.freehold.teaching.Source.File(ids.getOrDefault("taught", "")))
                    .reviewed())
            .id());
    ids.put("workload", "annas-mails");
    ids.put("case", "x-1");
    ids.put("proof", "p-1");
    ids.put("upstream", "annas-server");
    house.upstreams.add("annas-server");
    ids.put("principal", anna.principal().id());
    house.workloads.create(
        house.ada.principal(), dev.freehold.workload.Workload.of("annas-mails", "echo"));
    return ids;
  }

  private static String id(HttpResponse<String> made) {
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return House.json(made).get("id").asString();
  }

  @Test
  void aMethodThatIsNotServedIsA405ThatSaysWhichAre() throws Exception {
    for (Route route : routes) {
      String path = fill(route, unknown());
      HttpResponse<String> response =
          house.send(
              house
                  .as(house.anna, path)
                  .header("X-Freehold", "1")
                  .method("PUT", HttpRequest.BodyPublishers.noBody()));
      assertThat(response.statusCode()).as(path).isEqualTo(405);
      assertThat(response.headers().firstValue("allow").orElse("")).contains(route.method());
    }
  }
}
