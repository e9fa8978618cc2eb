package dev.freehold.engine;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Sampling;
import dev.freehold.fixture.ChatModelContract;
import dev.freehold.fixture.DefaultModel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// The real default model in this process, held to what every model has to hold.
class LocalChatModelContractTest extends ChatModelContract {

  private static LocalChatModel model;

  @BeforeAll
  static void open() {
    model = LocalChatModel.open(DefaultModel.path());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Override
  protected ChatModel model() {
    return model;
  }

  @Override
  protected ChatRequest request() {
    return super.request().withSampling(Sampling.GREEDY);
  }
}
