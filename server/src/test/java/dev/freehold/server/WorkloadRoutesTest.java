package dev.freehold.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.Unavailable;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Workloads over HTTP: made, asked, switched, looked at and erased by administrators, and not
/// there for anybody else.
class WorkloadRoutesTest {

  private static final String ASK =
      "{\"model\":\"mails\",\"messages\":[{\"role\":\"user\",\"content\":\"Where is my parcel?\"}]}";

  @TempDir Path folder;
  private final Two models = new Two();
  private House house;

  @BeforeEach
  void start() {
    house = new House(folder, same -> same, models, new House.LetterEmbedder());
  }

  @AfterEach
  void stop() {
    house.close();
  }

  /// The scripted model, and one that its provider will end.
  static final class Two implements ChatModels {
    private final EchoModel echo = new EchoModel();

    @Override
    public List<ModelCard> cards() {
      return List.of(
          echo.card(),
          new ModelCard(
              "rented/old",
              "upstream",
              0,
              0,
              0,
              "",
              "",
              Instant.EPOCH,
              Optional.of(LocalDate.of(2027, 3, 1))));
    }

    @Override
    public ChatModel model(String name) {
      return echo.model(name.equals("rented/old") ? "echo" : name);
    }
  }

  private JsonNode ok(int status, HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    return response.body().isEmpty() ? House.JSON.nullNode() : House.json(response);
  }

  private void make() throws Exception {
    ok(
        201,
        house.post(
            house.ada,
            "/api/workloads",
            "{\"name\":\"mails\",\"incumbent\":\"rented/old\",\"capture\":\"full\",\"retentionDays\":7}"));
  }

  @Test
  void aWorkloadIsMadeAskedSwitchedAndLookedAt() throws Exception {
    make();
    JsonNode answer = ok(200, house.post(house.anna, "/v1/chat/completions", ASK));
    assertThat(answer.at("/choices/0/message/content").asString()).isEqualTo("Where is my parcel?");
    assertThat(answer.get("model").asString()).isEqualTo("mails");
    JsonNode after =
        ok(
            200,
            house.post(
                house.ada,
                "/api/workloads/mails/switch",
                "{\"stage\":\"canary\",\"to\":\"echo\",\"share\":25,\"reason\":\"Cheaper\"}"));
    assertThat(after.at("/route/summary").asString()).isEqualTo("rented/old, echo for 25 %");
    ok(
        200,
        house.change(house.ada, "PATCH", "/api/workloads/mails", "{\"sensitivity\":\"secret\"}"));
    JsonNode shown = ok(200, house.get(house.ada, "/api/workloads/mails"));
    assertThat(shown.get("sensitivity").asString()).isEqualTo("secret");
    assertThat(shown.get("retentionDays").asInt()).isEqualTo(7);
    assertThat(shown.at("/history/0/reason").asString()).isEqualTo("Cheaper");
    assertThat(shown.at("/history/0/actor").asString()).isEqualTo("Ada");
    assertThat(shown.at("/history/0/verdict").isNull()).isTrue();
    assertThat(ok(200, house.get(house.ada, "/api/workloads")).get("workloads")).hasSize(1);
    JsonNode exchanges = ok(200, house.get(house.ada, "/api/workloads/mails/exchanges"));
    assertThat(exchanges.at("/exchanges/0/messages/0/content").asString())
        .isEqualTo("Where is my parcel?");
    assertThat(exchanges.at("/exchanges/0/principal").asString())
        .isEqualTo(house.anna.principal().id());
  }

  @Test
  void aClientThatLeavesBeforeTheFirstWordIsRecordedAndSoAreThoseAfterIt() throws Exception {
    make();
    var waiting = new CountDownLatch(1);
    models.echo.script =
        _ -> {
          waiting.countDown();
          try {
            new CountDownLatch(1).await();
            throw new AssertionError("Nobody counts down.");
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("Asking was interrupted.", e);
          }
        };
    try (var client = new RawClient(house.server.port())) {
      client.post("/v1/chat/completions", house.anna.secret(), ASK);
      assertThat(waiting.await(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(outcomes(1)).containsExactly("left");
    models.echo.script = EchoModel.LAST_TURN;
    ok(200, house.post(house.anna, "/v1/chat/completions", ASK));
    assertThat(outcomes(2)).containsExactly("answered", "left");
  }

  /// What the record says of the newest exchanges, once there are so many.
  private List<String> outcomes(int count) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      JsonNode exchanges =
          ok(200, house.get(house.ada, "/api/workloads/mails/exchanges")).get("exchanges");
      if (exchanges.size() >= count || System.nanoTime() > end) {
        return exchanges.valueStream().map(one -> one.get("outcome").asString()).toList();
      }
      Thread.sleep(5);
    }
  }

  @Test
  void guardsAndPricesAreSetAndWhatIsNotGivenStays() throws Exception {
    JsonNode made =
        ok(
            201,
            house.post(
                house.ada,
                "/api/workloads",
                "{\"name\":\"mails\",\"incumbent\":\"rented/old\",\"guards\":{\"errors\":0.2,\"seconds\":2.5},"
                    + "\"prices\":{\"rented/old\":{\"prompt\":3,\"completion\":15}}}"));
    assertThat(made.at("/guards/errors").asDouble()).isEqualTo(0.2);
    assertThat(made.at("/guards/invalid").asDouble()).isEqualTo(0.05);
    assertThat(made.at("/guards/seconds").asDouble()).isEqualTo(2.5);
    assertThat(made.at("/prices/rented~1old/cached").asDouble()).isEqualTo(3);
    JsonNode changed =
        ok(
            200,
            house.change(
                house.ada,
                "PATCH",
                "/api/workloads/mails",
                "{\"guards\":{\"refusals\":0.5},\"fallbacks\":[\"echo\"]}"));
    assertThat(changed.at("/guards/errors").asDouble()).isEqualTo(0.2);
    assertThat(changed.at("/guards/refusals").asDouble()).isEqualTo(0.5);
    assertThat(changed.at("/prices/rented~1old/completion").asDouble()).isEqualTo(15);
    assertThat(changed.at("/route/fallbacks/0").asString()).isEqualTo("echo");
    ok(200, house.post(house.anna, "/v1/chat/completions", ASK));
    assertThat(
            ok(200, house.get(house.ada, "/api/workloads/mails"))
                .at("/live/figures/0/cost")
                .asDouble())
        .isPositive();
  }

  @Test
  void qualityIsAskedForAndShown() throws Exception {
    make();
    JsonNode changed =
        ok(
            200,
            house.change(
                house.ada,
                "PATCH",
                "/api/workloads/mails",
                "{\"quality\":{\"least\":0.75,\"seconds\":60}}"));
    assertThat(changed.at("/quality/least").asDouble()).isEqualTo(0.75);
    assertThat(changed.at("/quality/seconds").asInt()).isEqualTo(60);
    assertThat(changed.at("/quality/grader").asString()).isEmpty();
    JsonNode shown = ok(200, house.get(house.ada, "/api/workloads/mails"));
    assertThat(shown.at("/live/quality/graded").asInt()).isZero();
    for (String[] bad :
        new String[][] {
          {"{\"quality\":{\"least\":2}}", "quality.least"},
          {"{\"quality\":{\"seconds\":0}}", "quality.seconds"},
          {"{\"quality\":{\"grader\":7}}", "quality.grader"},
          {"{\"quality\":{\"hours\":1}}", "quality.hours"}
        }) {
      assertThat(house.change(house.ada, "PATCH", "/api/workloads/mails", bad[0]).body())
          .contains("\"" + bad[1] + "\"");
    }
  }

  @Test
  void aStreamedAnswerIsCapturedToo() throws Exception {
    make();
    HttpResponse<String> streamed =
        house.post(
            house.anna,
            "/v1/chat/completions",
            ASK.replace("{\"model\"", "{\"stream\":true,\"model\""));
    assertThat(streamed.body()).endsWith("data: [DONE]\n\n");
    JsonNode exchanges = ok(200, house.get(house.ada, "/api/workloads/mails/exchanges"));
    assertThat(exchanges.at("/exchanges/0/answer").asString()).isEqualTo("Where is my parcel?");
    assertThat(exchanges.at("/exchanges/0/outcome").asString()).isEqualTo("answered");
  }

  @Test
  void aPersonsExchangesAreErased() throws Exception {
    make();
    house.post(house.anna, "/v1/chat/completions", ASK);
    house.post(house.bruno, "/v1/chat/completions", ASK);
    JsonNode erased =
        ok(
            200,
            house.change(
                house.ada,
                "DELETE",
                "/api/principals/" + house.anna.principal().id() + "/exchanges",
                ""));
    assertThat(erased.get("erased").asInt()).isEqualTo(1);
    assertThat(ok(200, house.get(house.ada, "/api/workloads/mails/exchanges")).get("exchanges"))
        .hasSize(1);
    ok(204, house.change(house.ada, "DELETE", "/api/workloads/mails", ""));
    ok(404, house.get(house.ada, "/api/workloads/mails"));
    assertThat(house.post(house.anna, "/v1/chat/completions", ASK).body())
        .contains("model_not_found");
  }

  @Test
  void whoIsNoAdministratorMeetsRoutesThatAreNotThere() throws Exception {
    make();
    String nowhere = house.get(house.anna, "/api/nowhere").body();
    for (String path :
        List.of(
            "/api/workloads",
            "/api/workloads/mails",
            "/api/workloads/none",
            "/api/workloads/mails/exchanges",
            "/api/egress")) {
      HttpResponse<String> response = house.get(house.anna, path);
      assertThat(response.statusCode()).isEqualTo(404);
      assertThat(response.body()).as(path).isEqualTo(nowhere);
    }
    assertThat(
            house
                .post(house.anna, "/api/workloads/mails/switch", "{\"stage\":\"incumbent\"}")
                .body())
        .isEqualTo(nowhere);
    assertThat(ok(200, house.get(house.ada, "/api/egress")).get("egress")).isEmpty();
  }

  @Test
  void whatMakesNoSenseIsRefusedByName() throws Exception {
    make();
    String[][] bad = {
      {"/api/workloads", "{\"name\":\"mails\",\"incumbent\":\"echo\"}", "409", "conflict"},
      {"/api/workloads", "{\"name\":\"No Name\",\"incumbent\":\"echo\"}", "400", "name"},
      {"/api/workloads", "{\"name\":\"x\",\"incumbent\":\"none\"}", "404", "not_found"},
      {"/api/workloads", "{\"name\":\"x\",\"incumbent\":\"echo\",\"color\":1}", "400", "color"},
      {
        "/api/workloads",
        "{\"name\":\"x\",\"incumbent\":\"echo\",\"capture\":\"all\"}",
        "400",
        "capture"
      },
      {
        "/api/workloads",
        "{\"name\":\"x\",\"incumbent\":\"echo\",\"guards\":{\"errors\":2}}",
        "400",
        "guards"
      },
      {
        "/api/workloads",
        "{\"name\":\"x\",\"incumbent\":\"echo\",\"guards\":{\"hours\":2}}",
        "400",
        "guards.hours"
      },
      {
        "/api/workloads",
        "{\"name\":\"x\",\"incumbent\":\"echo\",\"prices\":{\"echo\":{\"prompt\":1}}}",
        "400",
        "prices.echo.completion"
      },
      {
        "/api/workloads",
        "{\"name\":\"x\",\"incumbent\":\"echo\",\"prices\":{\"echo\":{\"prompt\":-1,\"completion\":1}}}",
        "400",
        "price"
      },
      {"/api/workloads/mails/switch", "{\"stage\":\"sideways\"}", "400", "stage"},
      {"/api/workloads/mails/switch", "{\"stage\":\"full\"}", "400", "to"},
      {"/api/workloads/mails/switch", "{\"stage\":\"canary\",\"to\":\"echo\"}", "400", "canary"}
    };
    for (String[] one : bad) {
      HttpResponse<String> response = house.post(house.ada, one[0], one[1]);
      assertThat(response.statusCode()).as(one[1]).isEqualTo(Integer.parseInt(one[2]));
      assertThat(response.body()).as(one[1]).contains("\"" + one[3] + "\"");
    }
    assertThat(ok(200, house.get(house.ada, "/api/workloads/mails")).get("history")).isEmpty();
  }

  @Test
  void modelsAreListedWithTheDayTheyEndAndWorkloadsBesideThem() throws Exception {
    make();
    JsonNode models = ok(200, house.get(house.anna, "/v1/models")).get("data");
    assertThat(models.valueStream().map(one -> one.get("id").asString()))
        .contains("echo", "rented/old", "mails");
    assertThat(models.get(1).get("shutdown_date").asString()).isEqualTo("2027-03-01");
    assertThat(models.get(0).has("shutdown_date")).isFalse();
  }
}
