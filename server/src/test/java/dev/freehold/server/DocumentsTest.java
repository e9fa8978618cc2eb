package dev.freehold.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.governance.IssuedKey;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Documents over HTTP: added, read, found, cited, shared and gone.
class DocumentsTest {

  private static final String MANUAL =
      """
      # Press HP-40

      ## Oil

      The hydraulic oil of the press is changed every 4,000 operating hours.

      ## Filters

      The return filter is replaced every 1,000 hours.

      | Part | Interval |
      |---|---|
      | Filter RF-12 | 1,000 h |
      """;

  @TempDir Path folder;
  private House house;

  @BeforeEach
  void start() {
    house = House.in(folder);
  }

  @AfterEach
  void stop() {
    house.close();
  }

  private String collection(IssuedKey key, String name) throws Exception {
    return House.json(house.post(key, "/api/collections", "{\"name\":\"" + name + "\"}"))
        .get("id")
        .asString();
  }

  private HttpResponse<String> upload(IssuedKey key, String collection, String name, String text)
      throws Exception {
    return house.send(
        house
            .as(key, "/api/collections/" + collection + "/documents?name=" + name)
            .POST(HttpRequest.BodyPublishers.ofString(text)));
  }

  private JsonNode added(IssuedKey key, String collection, String name, String text)
      throws Exception {
    HttpResponse<String> response = upload(key, collection, name, text);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
    assertThat(house.library.await(key.principal(), collection, Duration.ofSeconds(90))).isTrue();
    return House.json(response);
  }

  private Events ask(IssuedKey key, String collection, String question) throws Exception {
    String conversation =
        House.json(
                house.post(
                    key,
                    "/api/conversations",
                    "{\"model\":\"echo\",\"collections\":[\"" + collection + "\"]}"))
            .get("id")
            .asString();
    return Events.in(
        house
            .post(
                key,
                "/api/conversations/" + conversation + "/messages",
                "{\"text\":\"" + question + "\"}")
            .body());
  }

  @Test
  void aDocumentIsAddedReadShownFoundAndDownloaded() throws Exception {
    String collection = collection(house.anna, "Manuals");
    String id =
        added(house.anna, collection, "press%20%C3%A9t%C3%A9.md", MANUAL).get("id").asString();
    JsonNode document = House.json(house.get(house.anna, "/api/documents/" + id));
    assertThat(document.get("state").asString()).isEqualTo("ready");
    assertThat(document.get("name").asString()).isEqualTo("press été.md");
    assertThat(document.get("passages").asInt()).isPositive();

    JsonNode text = House.json(house.get(house.anna, "/api/documents/" + id + "/text"));
    assertThat(text.at("/blocks/0/kind").asString()).as(text.toString()).isEqualTo("heading");
    assertThat(text.get("blocks").findValuesAsString("kind")).contains("paragraph", "table");

    JsonNode found =
        House.json(
            house.get(
                house.anna, "/api/search?q=how+often+is+the+oil+changed&collection=" + collection));
    JsonNode passage = found.at("/passages/0");
    assertThat(passage.get("text").asString()).contains("4,000 operating hours");
    assertThat(passage.at("/document/name").asString()).isEqualTo("press été.md");
    JsonNode place =
        House.json(house.get(house.anna, "/api/passages/" + passage.get("id").asString()));
    int from = place.at("/blocks/from").asInt();
    assertThat(text.at("/blocks/" + from).isMissingNode()).isFalse();
    assertThat(place.at("/blocks/to").asInt()).isGreaterThanOrEqualTo(from);

    HttpResponse<String> original = house.get(house.anna, "/api/documents/" + id + "/original");
    assertThat(original.body()).isEqualTo(MANUAL);
    assertThat(original.headers().firstValue("content-type")).hasValue("application/octet-stream");
    assertThat(original.headers().firstValue("content-disposition").orElse(""))
        .startsWith("attachment;")
        .contains("filename*=UTF-8''press%20%C3%A9t%C3%A9.md");
  }

  @Test
  void anAnswerRestsOnPassagesAndItsCitationsAreChecked() throws Exception {
    String collection = collection(house.anna, "Manuals");
    added(house.anna, collection, "press.md", MANUAL);
    house.model.script = _ -> "Every 4,000 hours [1]. As the moon says [99].";
    Events events =
        ask(house.anna, collection, "How often is the hydraulic oil of the press changed?");
    assertThat(events.names())
        .containsSubsequence("question", "answer", "passages", "citation", "done");
    assertThat(events.text()).contains("[1]").doesNotContain("[99]");
    JsonNode message = events.first("done").get("message");
    assertThat(message.at("/grounding/state").asString()).isEqualTo("grounded");
    assertThat(message.at("/citations/0/passage")).isEqualTo(message.at("/passages/0/id"));
    assertThat(message.at("/passages/0/text").asString()).contains("4,000");
  }

  @Test
  void whereNothingFitsTheModelIsNotAskedAndThePersonIsTold() throws Exception {
    String collection = collection(house.anna, "Empty");
    Events events = ask(house.anna, collection, "What is the capital of Peru?");
    assertThat(house.model.asked).isEmpty();
    JsonNode message = events.first("done").get("message");
    assertThat(message.at("/grounding/state").asString()).isEqualTo("nothing-found");
    assertThat(message.get("text").asString()).isEqualTo(message.at("/grounding/note").asString());
  }

  @Test
  void whatIsDeletedIsGoneFromSearchAnswersAndOldConversations() throws Exception {
    String collection = collection(house.anna, "Manuals");
    String id = added(house.anna, collection, "press.md", MANUAL).get("id").asString();
    house.model.script = _ -> "See [1].";
    Events events =
        ask(house.anna, collection, "How often is the hydraulic oil of the press changed?");
    String conversation =
        House.json(house.get(house.anna, "/api/conversations"))
            .at("/conversations/0/id")
            .asString();
    assertThat(events.first("done").at("/message/passages").size()).isPositive();
    assertThat(house.change(house.anna, "DELETE", "/api/documents/" + id, "").statusCode())
        .isEqualTo(204);
    assertThat(
            House.json(house.get(house.anna, "/api/search?q=oil+changed")).get("passages").size())
        .isZero();
    HttpResponse<String> old = house.get(house.anna, "/api/conversations/" + conversation);
    assertThat(old.body()).doesNotContain("4,000");
    assertThat(House.json(old).at("/messages/1/citations").size()).isZero();
  }

  @Test
  void progressArrivesAsEventsWhileADocumentIsRead() throws Exception {
    String collection = collection(house.anna, "Manuals");
    try (var client = new RawClient(house.server.port())) {
      client.send(
          "GET /api/collections/%s/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n"
              .formatted(collection, house.anna.secret()));
      client.readUntil("listening", 5000);
      upload(house.anna, collection, "press.md", MANUAL);
      String seen = client.readUntil("\"state\":\"ready\"", 90_000);
      assertThat(seen).contains("event: document");
      String id =
          House.json(house.get(house.anna, "/api/collections/" + collection + "/documents"))
              .at("/documents/0/id")
              .asString();
      house.change(house.anna, "DELETE", "/api/documents/" + id, "");
      client.readUntil("event: removed", 10_000);
    }
  }

  @Test
  void aCollectionIsSharedByItsOwnerAloneAndCanBeReadUntilItIsNot() throws Exception {
    String collection = collection(house.anna, "Manuals");
    String id = added(house.anna, collection, "press.md", MANUAL).get("id").asString();
    String path = "/api/collections/" + collection;
    assertThat(
            house
                .change(house.bruno, "PATCH", path, "{\"sharedWith\":[\"person:Bruno\"]}")
                .statusCode())
        .isEqualTo(404);
    HttpResponse<String> shared =
        house.change(
            house.anna, "PATCH", path, "{\"sharedWith\":[\"person:Bruno\",\"group:board\"]}");
    assertThat(House.json(shared).get("readers").toString()).contains("Anna", "Bruno", "board");
    assertThat(shared.body()).doesNotContain(house.bruno.principal().id());
    assertThat(house.get(house.bruno, "/api/documents/" + id).statusCode()).isEqualTo(200);
    assertThat(upload(house.bruno, collection, "mine.md", "x").statusCode()).isEqualTo(404);
    assertThat(house.change(house.bruno, "DELETE", "/api/documents/" + id, "").statusCode())
        .isEqualTo(404);
    house.change(house.anna, "PATCH", path, "{\"sharedWith\":[]}");
    assertThat(house.get(house.bruno, "/api/documents/" + id).statusCode()).isEqualTo(404);
    assertThat(house.change(house.anna, "DELETE", path, "").statusCode()).isEqualTo(204);
  }

  @Test
  void anEmptyNamelessOrTooLargeDocumentIsRefused() throws Exception {
    String collection = collection(house.anna, "Manuals");
    assertThat(upload(house.anna, collection, "", "x").statusCode()).isEqualTo(400);
    assertThat(upload(house.anna, collection, "a.md", "").statusCode()).isEqualTo(400);
    try (var client = new RawClient(house.server.port())) {
      String answer =
          client
              .send(
                  "POST /api/collections/%s/documents?name=a.md HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Length: 99999999999\r\n\r\nx"
                      .formatted(collection, house.anna.secret()))
              .readToEnd(5000);
      assertThat(answer).startsWith("HTTP/1.1 413 ");
    }
    assertThat(
            House.json(house.get(house.anna, "/api/collections/" + collection + "/documents"))
                .get("documents")
                .size())
        .isZero();
    assertThat(List.of(house.get(house.anna, "/api/search").statusCode())).containsExactly(400);
  }
}
