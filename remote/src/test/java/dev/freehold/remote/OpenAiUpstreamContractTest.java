package dev.freehold.remote;

import dev.freehold.chat.ChatModel;
import dev.freehold.fixture.ChatModelContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class OpenAiUpstreamContractTest extends ChatModelContract {

  @TempDir Path home;
  private ScriptedServer server;
  private ChatModel model;

  @BeforeEach
  void start() throws IOException {
    server = new ScriptedServer(Talking.openAi());
    model = Added.model(home, Dialect.OPENAI, server);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Override
  protected ChatModel model() {
    return model;
  }
}
