package dev.freehold.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Message;
import dev.freehold.workload.CapturePolicy;
import dev.freehold.workload.Workload;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Benchmarks, golds, proofs and watches over HTTP, and sealed cases at the door of documents.
class ProofRoutesTest {

  private static final String MAILS = "/api/workloads/mails/";

  @TempDir Path folder;
  private House house;

  @BeforeEach
  void start() {
    house = House.in(folder);
    house.workloads.create(
        house.ada.principal(),
        Workload.of("mails", "echo")
            .withCapture(new CapturePolicy(CapturePolicy.Mode.FULL, Duration.ofDays(30))));
    for (int i = 0; i < 8; i++) {
      house
          .workloads
          .model("mails", Asking.of(house.anna.principal()))
          .answer(
              ChatRequest.of(new Message.User("Where is the parcel with the number " + i + "?")));
    }
    house.workloads.settle();
  }

  @AfterEach
  void stop() {
    house.close();
  }

  private JsonNode done(int status, HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    return House.json(response);
  }

  @Test
  void aBenchmarkIsDrawnReviewedAndPlannedAndWrongRequestsAreNamed() throws Exception {
    assertThat(done(200, house.get(house.ada, MAILS + "benchmark")).has("benchmark")).isFalse();
    assertThat(
            done(409, house.post(house.ada, MAILS + "plan", "{\"candidates\":[\"x\"]}")).toString())
        .contains("draw one first");
    JsonNode drawn =
        done(201, house.post(house.ada, MAILS + "benchmark", "{\"grader\":\"contains\"}"));
    assertThat(drawn.get("cases").asInt()).isEqualTo(8);
    JsonNode golds = done(200, house.get(house.ada, MAILS + "golds")).get("golds");
    assertThat(golds).hasSize(8);
    String first = MAILS + "golds/" + golds.get(0).get("id").asString();
    JsonNode given = done(200, house.post(house.ada, first, "{\"golds\":[\"In Kiel\"]}"));
    assertThat(given.get("by").asString()).isEqualTo("Ada");
    assertThat(given.get("origin").asString()).isEqualTo("person");
    assertThat(done(400, house.post(house.ada, first, "{\"say\":\"perhaps\"}")).toString())
        .contains("accept, skip or reopen");
    assertThat(done(400, house.post(house.ada, first, "{\"golds\":[\" \"]}")).toString())
        .contains("right answers");
    done(404, house.post(house.ada, MAILS + "golds/x-none", "{\"say\":\"skip\"}"));
    assertThat(done(400, house.post(house.ada, MAILS + "plan", "{\"candidates\":[]}")).toString())
        .contains("one to twenty candidates");
    JsonNode plan =
        done(
            200,
            house.post(
                house.ada,
                MAILS + "plan",
                "{\"candidates\":[\"echo\"],\"margin\":5,\"modelGolds\":true}"));
    assertThat(plan.get("questions").asInt()).isEqualTo(24);
    assertThat(plan.get("modelGolds").asInt()).isEqualTo(7);
    assertThat(plan.get("sentence").asString()).contains("A margin of 5 points needs");
  }

  @Test
  void aProofRunsIsFollowedAndItsReportIsShownInAFrameThatMayDoNothing() throws Exception {
    done(201, house.post(house.ada, MAILS + "benchmark", "{\"grader\":\"contains\"}"));
    JsonNode begun =
        done(
            202,
            house.post(
                house.ada,
                MAILS + "proofs",
                "{\"candidates\":[\"echo\"],\"margin\":5,\"modelGolds\":true}"));
    String proof = "/api/proofs/" + begun.get("id").asString();
    JsonNode now = done(200, house.get(house.ada, proof));
    while (now.get("state").asString().equals("running")) {
      Thread.sleep(20);
      now = done(200, house.get(house.ada, proof));
    }
    assertThat(now.get("state").asString()).as(now.toString()).isEqualTo("done");
    assertThat(now.at("/verdicts/0/outcome").asString()).isEqualTo("not_enough_evidence");
    assertThat(now.at("/verdicts/0/id").asString()).startsWith("v-");
    HttpResponse<String> report = house.get(house.ada, proof + "/report");
    assertThat(report.headers().allValues("content-security-policy"))
        .containsExactly(
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox");
    assertThat(report.body()).contains("Not enough evidence", "mails");
    assertThat(house.get(house.ada, proof + "/report.pdf").body()).startsWith("%PDF-");
    assertThat(house.get(house.ada, proof + "/evidence.zip").statusCode()).isEqualTo(200);
    assertThat(house.get(house.anna, proof + "/report").statusCode()).isEqualTo(404);
    assertThat(done(200, house.get(house.ada, MAILS + "proofs")).get("proofs")).hasSize(1);
  }

  @Test
  void aWorkloadIsWatchedAndWatchedNoMore() throws Exception {
    done(201, house.post(house.ada, MAILS + "benchmark", "{\"grader\":\"contains\"}"));
    assertThat(done(400, house.post(house.ada, MAILS + "watch", "{}")).toString())
        .contains("has no candidate");
    done(404, house.post(house.ada, MAILS + "looks", "{}"));
    done(
        200,
        house.post(house.ada, MAILS + "watch", "{\"candidate\":\"echo\",\"modelGolds\":true}"));
    assertThat(done(200, house.get(house.ada, MAILS + "watch")).at("/watch/everyHours").asInt())
        .isEqualTo(168);
    assertThat(house.send(house.as(house.ada, MAILS + "watch").DELETE()).statusCode())
        .isEqualTo(204);
    assertThat(done(200, house.get(house.ada, MAILS + "watch")).has("watch")).isFalse();
  }

  @Test
  void anUploadedDocumentWithASealedCaseIsRefusedAndNamesIt() throws Exception {
    done(201, house.post(house.ada, MAILS + "benchmark", "{\"grader\":\"contains\"}"));
    String collection =
        done(201, house.post(house.anna, "/api/collections", "{\"name\":\"Mine\"}"))
            .get("id")
            .asString();
    upload(collection, "clean.md", "# Parcels\n\nParcels wait in Kiel.");
    upload(
        collection, "leak.md", "# Notes\n\nQ: where is the parcel with the number 3?\n\nA: Kiel.");
    assertThat(house.library.await(house.anna.principal(), collection, Duration.ofMinutes(5)))
        .isTrue();
    JsonNode documents =
        done(200, house.get(house.anna, "/api/collections/" + collection + "/documents"))
            .get("documents");
    String told = documents.toString();
    assertThat(told).contains("\"state\":\"ready\"", "\"state\":\"failed\"");
    assertThat(told).contains("It holds the sealed case mails/");
    JsonNode found =
        done(200, house.get(house.anna, "/api/search?q=parcel+number+3&collection=" + collection));
    assertThat(found.toString()).doesNotContain("with the number 3");
  }

  private void upload(String collection, String name, String text) throws Exception {
    done(
        201,
        house.send(
            house
                .as(house.anna, "/api/collections/" + collection + "/documents?name=" + name)
                .POST(HttpRequest.BodyPublishers.ofString(text))));
  }
}
