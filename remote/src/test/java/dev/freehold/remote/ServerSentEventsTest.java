package dev.freehold.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.remote.ServerSentEvents.Event;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ServerSentEventsTest {

  private static final int MUTANTS = Integer.getInteger("freehold.fuzz", 20_000);

  private static List<Event> read(byte[] bytes, int limit) throws IOException {
    var events = new ServerSentEvents(new ByteArrayInputStream(bytes), limit);
    List<Event> all = new ArrayList<>();
    for (Optional<Event> one = events.next(); one.isPresent(); one = events.next()) {
      all.add(one.get());
    }
    return all;
  }

  private static List<Event> read(String text) throws IOException {
    return read(text.getBytes(StandardCharsets.UTF_8), 1000);
  }

  @Test
  void everyLineEndIsUnderstood() throws IOException {
    List<Event> expected = List.of(new Event("message", "a\nb"), new Event("x", "c"));
    for (String end : List.of("\n", "\r", "\r\n")) {
      assertThat(
              read(
                  "data: a|data:b||event: x|id: 7|retry: 10|: comment|data: c||".replace("|", end)))
          .isEqualTo(expected);
    }
  }

  @Test
  void aMarkOfByteOrderIsPassedOverAtTheBeginningOnly() throws IOException {
    assertThat(read("\uFEFFdata: a\n\n")).containsExactly(new Event("message", "a"));
    assertThatThrownBy(() -> read("data: a\n\n\uFEFFdata: b\n\n"))
        .isInstanceOf(ServerSentEvents.Garbage.class);
  }

  @Test
  void oneSpaceAfterTheColonIsNotPartOfTheValue() throws IOException {
    assertThat(read("data:  a \n\n")).containsExactly(new Event("message", " a "));
    assertThat(read("data\n\n")).containsExactly(new Event("message", ""));
  }

  @Test
  void anEventWithoutDataIsNone() throws IOException {
    assertThat(read("event: x\n\n: ping\n\n\n\ndata: a\n\n"))
        .containsExactly(new Event("message", "a"));
  }

  @Test
  void whatIsNoEventIsRefused() {
    for (String bad :
        List.of(
            "<html>\n\n",
            "data: a",
            "data: a\n",
            "data: a\nevent: x\n",
            " data: a\n\n",
            "x: y\n\n")) {
      assertThatThrownBy(() -> read(bad)).as(bad).isInstanceOf(ServerSentEvents.Garbage.class);
    }
    assertThatThrownBy(() -> read("data: " + "a".repeat(2000) + "\n\n"))
        .isInstanceOf(ServerSentEvents.Garbage.class);
    assertThatThrownBy(() -> read("data: aaaaaaaaaa\n".repeat(200) + "\n"))
        .isInstanceOf(ServerSentEvents.Garbage.class);
  }

  @Test
  void mutantsAreReadOrRefusedAndNothingElse() {
    byte[] sound =
        ": hello\r\nevent: x\ndata: {\"a\":\"é\"}\ndata: b\n\ndata: [DONE]\n\n"
            .getBytes(StandardCharsets.UTF_8);
    Random random = new Random(5);
    int readable = 0;
    for (int i = 0; i < MUTANTS; i++) {
      byte[] mutant = sound.clone();
      for (int change = random.nextInt(4); change >= 0; change--) {
        mutant[random.nextInt(mutant.length)] =
            random.nextBoolean()
                ? (byte) random.nextInt(256)
                : (byte) "\r\n:da".charAt(random.nextInt(5));
      }
      try {
        read(mutant, 40);
        readable++;
      } catch (IOException e) {
        assertThat(e).isInstanceOf(ServerSentEvents.Garbage.class);
      }
    }
    assertThat(readable).isBetween(MUTANTS / 100, MUTANTS);
  }
}
