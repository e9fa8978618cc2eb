package dev.freehold.remote;

import dev.freehold.chat.ChatModel;
import dev.freehold.fixture.ChatModelContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class AnthropicUpstreamContractTest extends ChatModelContract {

  @TempDir Path home;
  private ScriptedServer server;
  private ChatModel model;

  @BeforeEach
  void start() throws IOException {
    server = new ScriptedServer(Talking.anthropic());
    model = Added.model(home, Dialect.ANTHROPIC, server);
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
