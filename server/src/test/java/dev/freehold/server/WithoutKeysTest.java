package dev.freehold.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.Principal;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that asks for no keys still lets no other site act through a person's browser.
class WithoutKeysTest {

  private static final Principal OWNER = new Principal("p-owner", "owner", Set.of());

  @TempDir private Path folder;
  private House house;

  @BeforeEach
  void start() {
    house = new House(folder, configuration -> configuration.withoutAuthentication(OWNER));
  }

  @AfterEach
  void stop() {
    house.close();
  }

  private HttpResponse<String> create(String... headers) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        house
            .request("/api/collections")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"Contracts\"}"));
    return house.send(headers.length == 0 ? request : request.headers(headers));
  }

  @Test
  void everybodyIsTheOwner() throws IOException, InterruptedException {
    HttpResponse<String> session = house.send(house.request("/api/session").GET());
    assertThat(session.statusCode()).isEqualTo(200);
    assertThat(session.body()).contains("owner");
  }

  @Test
  void theOfficialClientsMaySendAnyKey() throws IOException, InterruptedException {
    HttpResponse<String> models =
        house.send(house.request("/v1/models").header("Authorization", "Bearer unused").GET());
    assertThat(models.statusCode()).isEqualTo(200);
    assertThat(create("Authorization", "Bearer unused").statusCode()).isEqualTo(201);
  }

  @Test
  void anotherSiteCannotAct() throws IOException, InterruptedException {
    assertThat(create().statusCode()).isGreaterThanOrEqualTo(400);
    assertThat(create("X-Freehold", "1", "Origin", "https://evil.example").statusCode())
        .isGreaterThanOrEqualTo(400);
    assertThat(create("X-Freehold", "1", "Origin", house.base()).statusCode()).isEqualTo(201);
  }
}
