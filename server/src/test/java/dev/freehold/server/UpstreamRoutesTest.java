package dev.freehold.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Upstreams over HTTP: added, tested and removed by administrators, whose keys go in and never
/// come out; and not there for anybody else.
class UpstreamRoutesTest {

  private static final String SECRET = "sk-0123456789abcdef-of-nobody";
  private static final String ADD =
      "{\"name\":\"openai\",\"kind\":\"openai\",\"url\":\"https://api.openai.com/v1\",\"key\":\"%s\"}"
          .formatted(SECRET);

  @TempDir Path folder;
  private House house;

  @BeforeEach
  void start() {
    house =
        new House(folder, same -> same, new WorkloadRoutesTest.Two(), new House.LetterEmbedder());
  }

  @AfterEach
  void stop() {
    house.close();
  }

  private JsonNode ok(int status, HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.body()).as("no answer holds a key").doesNotContain(SECRET);
    return response.body().isEmpty() ? House.JSON.nullNode() : House.json(response);
  }

  @Test
  void anUpstreamIsAddedTestedAndRemovedAndItsKeyIsNeverShown() throws Exception {
    JsonNode added = ok(201, house.post(house.ada, "/api/upstreams", ADD));
    assertThat(added.get("keyed").asBoolean()).isTrue();
    assertThat(house.upstreams.keys).containsEntry("openai", SECRET);
    JsonNode tested = ok(200, house.post(house.ada, "/api/upstreams/openai/test", "{}"));
    assertThat(tested.at("/models/0/name").asString()).isEqualTo("openai/large-4");
    assertThat(tested.at("/models/0/shutdown").asString()).isEqualTo("2027-03-01");
    JsonNode listed = ok(200, house.get(house.ada, "/api/upstreams"));
    assertThat(listed.at("/upstreams/0/models")).hasSize(2);
    assertThat(listed.at("/kinds/0/usual").asString()).startsWith("https://");
    ok(204, house.change(house.ada, "DELETE", "/api/upstreams/openai", ""));
    assertThat(ok(200, house.get(house.ada, "/api/upstreams")).get("upstreams")).isEmpty();
    ok(404, house.change(house.ada, "DELETE", "/api/upstreams/openai", ""));
    ok(404, house.post(house.ada, "/api/upstreams/openai/test", "{}"));
  }

  @Test
  void whatMakesNoSenseIsRefusedByName() throws Exception {
    house.upstreams.add("openai");
    house.upstreams.add("down");
    String[][] bad = {
      {"/api/upstreams", ADD, "409", "conflict"},
      {"/api/upstreams", "{\"kind\":\"openai\"}", "400", "name"},
      {"/api/upstreams", "{\"name\":\"No Name\"}", "400", "name"},
      {"/api/upstreams", "{\"name\":\"x\",\"key\":\" \"}", "400", "key"},
      {"/api/upstreams", "{\"name\":\"x\",\"private\":\"yes\"}", "400", "private"},
      {"/api/upstreams", "{\"name\":\"x\",\"models\":[1]}", "400", "models[0]"},
      {"/api/upstreams", "{\"name\":\"x\",\"color\":1}", "400", "color"},
      {"/api/upstreams/down/test", "{}", "503", "unavailable"},
      {"/api/upstreams/openai/test", "{\"model\":\"x\"}", "400", "model"}
    };
    for (String[] one : bad) {
      HttpResponse<String> response = house.post(house.ada, one[0], one[1]);
      assertThat(response.statusCode()).as(one[1]).isEqualTo(Integer.parseInt(one[2]));
      assertThat(response.body()).as(one[1]).contains("\"" + one[3] + "\"");
    }
  }

  @Test
  void whoIsNoAdministratorMeetsRoutesThatAreNotThere() throws Exception {
    house.upstreams.add("openai");
    String nowhere = house.get(house.anna, "/api/nowhere").body();
    List<HttpResponse<String>> answers =
        List.of(
            house.get(house.anna, "/api/upstreams"),
            house.post(house.anna, "/api/upstreams", ADD),
            house.post(house.anna, "/api/upstreams/openai/test", "{}"),
            house.post(house.anna, "/api/upstreams/none/test", "{}"),
            house.change(house.anna, "DELETE", "/api/upstreams/openai", ""));
    assertThat(answers)
        .allSatisfy(one -> {
          assertThat(one.statusCode()).isEqualTo(404);
          assertThat(one.body()).isEqualTo(nowhere);
        });
    assertThat(house.upstreams.list()).hasSize(1);
    assertThat(house.upstreams.keys).isEmpty();
  }

  @Test
  void anUpstreamThatARouteLeadsToIsNotRemoved() throws Exception {
    house.upstreams.add("rented");
    house.workloads.create(
        house.ada.principal(), dev.freehold.workload.Workload.of("mails", "rented/old"));
    HttpResponse<String> refused = house.change(house.ada, "DELETE", "/api/upstreams/rented", "");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("rented is used by mails");
    house.workloads.remove(house.ada.principal(), "mails");
    ok(204, house.change(house.ada, "DELETE", "/api/upstreams/rented", ""));
  }
}
