package dev.freehold.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Fine-tuning over HTTP, from a file to a job that ended.
class FineTuningTest {

  private static final String ROW =
      "{\"messages\":[{\"role\":\"user\",\"content\":\"Hose?\"},{\"role\":\"assistant\",\"content\":\"16"
          + " bar\"}]}\n";

  @TempDir private Path folder;
  private House house;

  @BeforeEach
  void open() {
    house = House.in(folder);
  }

  @AfterEach
  void close() {
    house.close();
  }

  private String upload(String content) throws Exception {
    String form =
        "--b1\r\n"
            + "Content-Disposition: form-data; name=\"purpose\"\r\n\r\n"
            + "fine-tune\r\n"
            + "--b1\r\n"
            + "Content-Disposition: form-data; name=\"file\"; filename=\"rows.jsonl\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\n"
            + content
            + "\r\n--b1--\r\n";
    HttpResponse<String> response =
        house.send(
            house
                .as(house.anna, "/v1/files")
                .header("Content-Type", "multipart/form-data; boundary=b1")
                .POST(HttpRequest.BodyPublishers.ofString(form)));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return House.json(response).get("id").asString();
  }

  private JsonNode ended(String id) throws Exception {
    while (true) {
      JsonNode job = House.json(house.get(house.anna, "/v1/fine_tuning/jobs/" + id));
      String status = job.get("status").asString();
      if (!status.equals("running")
          && !status.equals("queued")
          && !status.equals("validating_files")) {
        return job;
      }
      Thread.sleep(20);
    }
  }

  @Test
  void aFileComesAJobRunsAndItsEventsAreTold() throws Exception {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 24; i++) {
      rows.append(ROW.replace("Hose?", "Hose %d?".formatted(i)));
    }
    String file = upload(rows.toString());
    JsonNode known = House.json(house.get(house.anna, "/v1/files/" + file));
    assertThat(known.get("filename").asString()).isEqualTo("rows.jsonl");
    assertThat(known.get("bytes").asInt()).isEqualTo(rows.length());
    assertThat(house.get(house.anna, "/v1/files/" + file + "/content").body())
        .isEqualTo(rows.toString());
    assertThat(house.get(house.bruno, "/v1/files/" + file).statusCode()).isEqualTo(404);
    HttpResponse<String> made =
        house.post(
            house.anna,
            "/v1/fine_tuning/jobs",
            "{\"model\":\"echo\",\"training_file\":\"%s\",\"suffix\":\"mine-1\",\"seed\":7,\"method\":{\"type\":\"supervised\",\"supervised\":{\"hyperparameters\":{\"n_epochs\":2,\"batch_size\":\"auto\",\"learning_rate_multiplier\":0.5}}},\"metadata\":{\"team\":\"support\"}}"
                .formatted(file));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
    JsonNode job = House.json(made);
    assertThat(job.get("object").asString()).isEqualTo("fine_tuning.job");
    assertThat(job.at("/hyperparameters/n_epochs").asInt()).isEqualTo(2);
    assertThat(job.at("/metadata/team").asString()).isEqualTo("support");
    String id = job.get("id").asString();
    JsonNode done = ended(id);
    // Answers that were held out show that it learned.
    assertThat(done.get("status").asString()).as(done.toString()).isEqualTo("succeeded");
    assertThat(done.get("fine_tuned_model").asString()).isEqualTo("echo+mine-1");
    assertThat(done.get("trained_tokens").asLong()).isEqualTo(54_000);
    JsonNode events =
        House.json(house.get(house.anna, "/v1/fine_tuning/jobs/" + id + "/events?limit=1"));
    assertThat(events.get("has_more").booleanValue()).isTrue();
    assertThat(events.at("/data/0/message").asString()).contains("Served as echo+mine-1");
    String after = events.at("/data/0/id").asString();
    assertThat(
            House.json(
                    house.get(house.anna, "/v1/fine_tuning/jobs/" + id + "/events?after=" + after))
                .at("/data/0/id")
                .asString())
        .isNotEqualTo(after);
    JsonNode checkpoints =
        House.json(house.get(house.anna, "/v1/fine_tuning/jobs/" + id + "/checkpoints"));
    assertThat(checkpoints.at("/data/0/step_number").asInt()).isEqualTo(20);
    assertThat(checkpoints.at("/data/0/metrics/valid_loss").asDouble()).isEqualTo(1.0);
    JsonNode last =
        House.json(house.get(house.anna, "/v1/fine_tuning/jobs/" + id + "/events?limit=100"));
    List<JsonNode> metrics = new ArrayList<>();
    last.get("data")
        .forEach(event -> {
          if (event.get("type").asString().equals("metrics")) {
            metrics.add(event);
          }
        });
    assertThat(metrics).hasSize(20);
    assertThat(metrics.getFirst().at("/data/step").asInt()).isEqualTo(20);
    assertThat(metrics.getFirst().at("/data/total_steps").asInt()).isEqualTo(20);
    assertThat(metrics.getFirst().at("/data/train_loss").asDouble()).isPositive();
    assertThat(metrics.getFirst().get("message").asString()).startsWith("Step 20/20: training");
    assertThat(metrics.get(1).at("/data/valid_loss").isMissingNode()).isTrue();
    assertThat(house.post(house.anna, "/v1/fine_tuning/jobs/" + id + "/cancel", "{}").statusCode())
        .isEqualTo(409);
    assertThat(House.json(house.get(house.bruno, "/v1/fine_tuning/jobs")).get("data")).isEmpty();
  }

  @Test
  void ofOneRowNothingCanBeMeasuredAndItIsNotServedByItself() throws Exception {
    String id =
        House.json(
                house.post(
                    house.anna,
                    "/v1/fine_tuning/jobs",
                    "{\"model\":\"echo\",\"training_file\":\"%s\"}".formatted(upload(ROW))))
            .get("id")
            .asString();
    JsonNode job = ended(id);
    assertThat(job.get("status").asString()).isEqualTo("failed");
    assertThat(job.at("/error/code").asString()).isEqualTo("gates_missed");
    assertThat(job.at("/error/message").asString()).contains("nothing shows");
  }

  @Test
  void aBadRowMakesTheJobFailNamingLineAndField() throws Exception {
    String file =
        upload(ROW + "{\"messages\":[{\"role\":\"user\",\"content\":\"x\",\"name\":\"Ann\"}]}\n");
    String id =
        House.json(
                house.post(
                    house.anna,
                    "/v1/fine_tuning/jobs",
                    "{\"model\":\"echo\",\"training_file\":\"%s\"}".formatted(file)))
            .get("id")
            .asString();
    JsonNode job = ended(id);
    assertThat(job.get("status").asString()).isEqualTo("failed");
    assertThat(job.at("/error/message").asString()).contains("line 2").contains("messages[0].name");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"training_file":"file-x"}|400|model
          {"model":"echo"}|400|training_file
          {"model":"echo","training_file":"nonsense"}|400|training_file
          {"model":"echo","training_file":"file-x"}|404|
          {"model":"echo","training_file":"collection:x"}|404|
          {"model":"echo","training_file":"file-x","n_epochs":3}|400|n_epochs
          {"model":"echo","training_file":"file-x","integrations":[{"type":"wandb"}]}|400|integrations
          {"model":"echo","training_file":"file-x","suffix":"Not A Name"}|400|suffix
          {"model":"echo","training_file":"file-x","hyperparameters":{"n_epochs":0}}|400|n_epochs
          {"model":"echo","training_file":"file-x","hyperparameters":{"momentum":1}}|400|hyperparameters.momentum
          {"model":"echo","training_file":"file-x","method":{"type":"reinforcement"}}|400|method.type
          {"model":"echo","training_file":"file-x","method":{"type":"supervised","supervised":{"x":1}}}|400|method.supervised.x
          """)
  void whatCannotBeIsRefusedByName(String body, int status, String field) throws Exception {
    HttpResponse<String> refused = house.post(house.anna, "/v1/fine_tuning/jobs", body);
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(status);
    if (field != null) {
      assertThat(House.json(refused).at("/error/param").asString()).isEqualTo(field);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --b1\\r\\nContent-Disposition: form-data; name="purpose"\\r\\n\\r\\nfine-tune\\r\\n--b1--|file
          --b1\\r\\nContent-Disposition: form-data; name="file"; filename="a"\\r\\n\\r\\nx\\r\\n--b1--|purpose
          --b1\\r\\nContent-Disposition: form-data; name="extra"\\r\\n\\r\\nx\\r\\n--b1--|extra
          --b1\\r\\nContent-Disposition: form-data; name="purpose"\\r\\n\\r\\nx|
          nothing|
          """)
  void aFormThatIsBrokenIsRefused(String form, String field) throws Exception {
    HttpResponse<String> refused =
        house.send(
            house
                .as(house.anna, "/v1/files")
                .header("Content-Type", "multipart/form-data; boundary=b1")
                .POST(HttpRequest.BodyPublishers.ofString(form.translateEscapes())));
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
    if (field != null) {
      assertThat(House.json(refused).at("/error/param").asString()).isEqualTo(field);
    }
  }
}
