package dev.freehold.governance.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Message;
import dev.freehold.chat.Principal;
import dev.freehold.chat.Sensitivity;
import dev.freehold.chat.Unavailable;
import dev.freehold.database.Database;
import dev.freehold.governance.egress.EgressPolicy.Action;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The gate's policy as a file: counted at once, and nothing leaves where it cannot be read.
class EgressPolicyFileTest {

  private static final Principal ANNA =
      new Principal("p-anna", "Anna", Set.of(Principal.ADMINISTRATORS));

  @TempDir Path folder;

  private EgressPolicyFile file() {
    return new EgressPolicyFile(folder.resolve("gate.json"));
  }

  private void write(String text) throws IOException {
    Files.writeString(folder.resolve("gate.json"), text);
  }

  @Test
  void whatIsWrittenIsRead() {
    assertThat(file().read()).isEqualTo(EgressPolicy.DEFAULT);
    EgressPolicy policy =
        new EgressPolicy(
            Action.STOP,
            Action.REPLACE,
            Map.of(Kind.CARD, Action.REPLACE, Kind.JWT, Action.STOP),
            Duration.ofMillis(750));
    file().write(policy);
    assertThat(file().read()).isEqualTo(policy);
    assertThat(policy.action(Kind.CARD)).isEqualTo(Action.REPLACE);
    assertThat(policy.action(Kind.IBAN)).isEqualTo(Action.STOP);
  }

  @Test
  void whatSaysAnythingElseIsNoPolicy() throws IOException {
    for (String text :
        List.of(
            "",
            "[]",
            "{",
            "{} {}",
            "{\"identifiers\":\"pass\"}",
            "{\"identifiers\":1}",
            "{\"kinds\":{\"NAME\":\"stop\"}}",
            "{\"kinds\":[]}",
            "{\"deadlineMillis\":0}",
            "{\"deadlineMillis\":600000}",
            "{\"deadlineMillis\":\"1\"}",
            "{\"allow\":[]}",
            "{\"secrets\":\"stop\",\"secrets\":\"replace\"}")) {
      write(text);
      assertThatThrownBy(file()::read).as(text).isInstanceOf(MalformedFile.class);
    }
  }

  @Test
  void aChangeCountsAtTheNextRequestAndAFileThatCannotBeReadLetsNothingLeave() throws IOException {
    Provider provider = new Provider();
    ChatRequest request = ChatRequest.of(new Message.User("IBAN DE89370400440532013000"));
    try (Database database = Database.open(folder.resolve("freehold.db"))) {
      ChatModel model =
          Gate.in(database, file())
              .guard(provider, "o", new Asking(ANNA, "w", Sensitivity.INTERNAL));
      // The first look of all loads what every other one finds.
      write("{\"deadlineMillis\":60000}");
      model.answer(request);
      write("{\"kinds\":{\"IBAN\":\"stop\"},\"deadlineMillis\":60000}");
      assertThatThrownBy(() -> model.answer(request)).isInstanceOf(InvalidRequest.class);
      write("{\"kinds\":{\"IBAN\":\"stop\"}");
      ChatRequest harmless = ChatRequest.of(new Message.User("Hello"));
      assertThatThrownBy(() -> model.answer(harmless))
          .isInstanceOf(Unavailable.class)
          .hasMessageContaining("nothing leaves");
      assertThat(EgressLog.in(database).newest(ANNA, 1).getFirst().found())
          .containsExactly("POLICY");
      Files.delete(folder.resolve("gate.json"));
      Files.createDirectory(folder.resolve("gate.json"));
      assertThatThrownBy(() -> model.answer(harmless)).isInstanceOf(Unavailable.class);
      Files.delete(folder.resolve("gate.json"));
      model.answer(harmless);
      assertThat(provider.received).hasSize(2);
    }
  }
}
