package dev.freehold.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.governance.IssuedKey;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Conversations as the page holds them.
class ConversationsTest {

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

  private String create(IssuedKey key) throws Exception {
    HttpResponse<String> made = house.post(key, "/api/conversations", "{\"model\":\"echo\"}");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return House.json(made).get("id").asString();
  }

  private Events ask(String conversation, String parent, String text) throws Exception {
    HttpResponse<String> response =
        house.post(
            house.anna,
            "/api/conversations/" + conversation + "/messages",
            House.JSON.writeValueAsString(
                House.JSON.createObjectNode().put("parent", parent).put("text", text)));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return Events.in(response.body());
  }

  private JsonNode show(String conversation) throws Exception {
    return House.json(house.get(house.anna, "/api/conversations/" + conversation));
  }

  @Test
  void aQuestionIsKeptAnsweredInEventsAndGivesTheTitle() throws Exception {
    String id = create(house.anna);
    Events events = ask(id, null, "How often is the oil changed?");
    assertThat(events.names())
        .startsWith("question", "answer", "reading", "delta")
        .endsWith("delta", "done");
    assertThat(events.text()).isEqualTo("How often is the oil changed?");
    JsonNode shown = show(id);
    assertThat(shown.get("title").asString()).isEqualTo("How often is the oil changed?");
    assertThat(shown.get("messages").size()).isEqualTo(2);
    JsonNode answer = shown.at("/messages/1");
    assertThat(answer.get("parent")).isEqualTo(shown.at("/messages/0/id"));
    assertThat(answer.get("state").asString()).isEqualTo("complete");
    assertThat(answer.get("grounding").isNull()).isTrue();
    assertThat(answer.at("/usage/completionTokens").asInt()).isPositive();
    assertThat(events.first("done").get("message")).isEqualTo(answer);
  }

  @Test
  void editingAndAskingAgainMakeSiblingsAndTheModelSeesOnlyTheOwnPath() throws Exception {
    String id = create(house.anna);
    Events first = ask(id, null, "first question");
    String answer = first.first("answer").get("id").asString();
    ask(id, answer, "second question");
    ask(id, answer, "second question, edited");
    List<Message> seen = ((Prompt.Conversation) house.model.asked.getLast().prompt()).messages();
    assertThat(seen)
        .containsExactly(
            new Message.User("first question"),
            new Message.Assistant("first question"),
            new Message.User("second question, edited"));
    String question = first.first("question").at("/message/id").asString();
    HttpResponse<String> again =
        house.post(
            house.anna, "/api/conversations/%s/messages/%s/answer".formatted(id, question), "{}");
    Events other = Events.in(again.body());
    assertThat(other.names()).startsWith("answer").doesNotContain("question");
    assertThat(other.first("answer").get("parent").asString()).isEqualTo(question);
    assertThat(show(id).get("messages").size()).isEqualTo(7);
  }

  @Test
  void anAnswerThatIsStoppedKeepsWhatWasSaid() throws Exception {
    house.model.millisPerWord = 30;
    String id = create(house.anna);
    try (var client = new RawClient(house.server.port())) {
      client.post(
          "/api/conversations/" + id + "/messages",
          house.anna.secret(),
          "{\"text\":\"" + "word ".repeat(500).strip() + "\"}");
      client.readUntil("event: delta", 10_000);
    }
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    JsonNode answer = show(id).at("/messages/1");
    while (answer.get("text").asString().isEmpty() && System.nanoTime() < end) {
      Thread.sleep(10);
      answer = show(id).at("/messages/1");
    }
    assertThat(house.model.cancelled.get()).isEqualTo(1);
    assertThat(answer.get("state").asString()).isEqualTo("stopped");
    assertThat(answer.get("text").asString()).startsWith("word");
  }

  @Test
  void anAnswerThatFailsIsKeptAsFailedAndTold() throws Exception {
    house.model.failAfterThreeWords = new dev.freehold.chat.Unavailable("The model was closed.");
    String id = create(house.anna);
    Events events = ask(id, null, "a b c d e f");
    assertThat(events.names()).endsWith("error");
    assertThat(events.first("error").at("/error/message").asString())
        .isEqualTo("The model was closed.");
    JsonNode answer = show(id).at("/messages/1");
    assertThat(answer.get("state").asString()).isEqualTo("failed");
    assertThat(answer.get("text").asString()).isEqualTo("a b");
  }

  @Test
  void conversationsSurviveARestart() throws Exception {
    String id = create(house.anna);
    ask(id, null, "will you remember?");
    IssuedKey anna = house.anna;
    house.close();
    house = House.in(folder);
    HttpResponse<String> shown = house.get(anna, "/api/conversations/" + id);
    assertThat(House.json(shown).at("/messages/1/text").asString()).isEqualTo("will you remember?");
  }

  @Test
  void conversationsAreListedNewestFirstAndFoundByTheirWords() throws Exception {
    String one = create(house.anna);
    String two = create(house.anna);
    ask(one, null, "apples");
    ask(two, null, "pears 100%");
    JsonNode all = House.json(house.get(house.anna, "/api/conversations")).get("conversations");
    assertThat(all.get(0).get("id").asString()).isEqualTo(two);
    JsonNode found =
        House.json(house.get(house.anna, "/api/conversations?query=100%25")).get("conversations");
    assertThat(found.size()).isEqualTo(1);
    assertThat(House.json(house.get(house.bruno, "/api/conversations")).at("/conversations").size())
        .isZero();
  }

  @Test
  void titleAndModelCanBeChangedAndWhatIsUnknownIsRefused() throws Exception {
    String path = "/api/conversations/" + create(house.anna);
    assertThat(
            House.json(house.change(house.anna, "PATCH", path, "{\"title\":\" Mine \"}"))
                .get("title")
                .asString())
        .isEqualTo("Mine");
    assertThat(house.change(house.anna, "PATCH", path, "{\"model\":\"nope\"}").statusCode())
        .isEqualTo(404);
    assertThat(house.change(house.anna, "PATCH", path, "{\"colour\":1}").statusCode())
        .isEqualTo(400);
    assertThat(house.change(house.anna, "PATCH", path, "{\"collections\":[\"nope\"]}").statusCode())
        .isEqualTo(404);
    assertThat(house.change(house.anna, "DELETE", path, "").statusCode()).isEqualTo(204);
    assertThat(house.get(house.anna, path).statusCode()).isEqualTo(404);
  }

  @Test
  void aQuestionCannotBeHungBelowAnotherConversation() throws Exception {
    String answer = ask(create(house.anna), null, "x").first("answer").get("id").asString();
    HttpResponse<String> refused =
        house.post(
            house.anna,
            "/api/conversations/" + create(house.anna) + "/messages",
            "{\"parent\":\"%s\",\"text\":\"y\"}".formatted(answer));
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(House.json(refused).at("/error/param").asString()).isEqualTo("parent");
  }
}
