package dev.freehold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.freehold.chat.ChatAnswer;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.ResponseFormat;
import dev.freehold.chat.Sampling;
import dev.freehold.engine.grammar.Automaton;
import dev.freehold.engine.grammar.Constraint;
import dev.freehold.engine.grammar.FormatGrammar;
import dev.freehold.engine.grammar.Lexicon;
import dev.freehold.engine.grammar.RandomSchemas;
import dev.freehold.fixture.DefaultModel;
import dev.freehold.model.gguf.GgufFile;
import dev.freehold.model.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// What is written under a constraint is valid, whatever the model wants: random schemas, random
/// logits and the real vocabulary, judged by a validator that shares nothing with the engine.
class ConstrainedDecodingTest {

  /// How many schemas; more with `-Dfreehold.schemas=…`.
  private static final int SCHEMAS = Integer.getInteger("freehold.schemas", 1_000);

  /// How many tokens an answer may have; more with `-Dfreehold.tokens=…`.
  private static final int TOKENS = Integer.getInteger("freehold.tokens", 20);

  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private static final Tokenizer TOKENIZER = tokenizer();
  private static final Lexicon LEXICON = Lexicon.of(TOKENIZER);
  private static final float[][] NOISE = noise(new Random(1), TOKENIZER.vocabulary().size());

  private static Tokenizer tokenizer() {
    try (GgufFile file = GgufFile.open(DefaultModel.path())) {
      return Tokenizer.read(file.metadata());
    }
  }

  private static float[][] noise(Random random, int size) {
    float[][] rows = new float[16][size];
    for (float[] row : rows) {
      for (int i = 0; i < size; i++) {
        row[i] = (float) (3 * random.nextGaussian());
      }
    }
    return rows;
  }

  /// Logits that nobody has seen before.
  private static float[] logits(Random random) {
    float[] row = NOISE[random.nextInt(NOISE.length)];
    int turn = random.nextInt(row.length);
    float[] turned = new float[row.length];
    System.arraycopy(row, turn, turned, 0, row.length - turn);
    System.arraycopy(row, 0, turned, row.length - turn, turn);
    return turned;
  }

  private record Written(String text, boolean hurried) {}

  private static Written write(Automaton automaton, int limit, long seed) {
    var random = new Random(seed);
    var sampler = new Sampler(Sampling.DEFAULT.withTemperature(1.5).withSeed(seed), new int[0]);
    var constraint = new Constraint(automaton, limit);
    var text = new ByteArrayOutputStream();
    for (int left = limit; left > 0 && !constraint.complete(); left--) {
      float[] logits = logits(random);
      constraint.apply(logits, left);
      int token = sampler.next(logits);
      if (TOKENIZER.vocabulary().endsOfTurn().contains(token)) {
        break;
      }
      constraint.accept(token);
      text.writeBytes(TOKENIZER.bytes(token));
    }
    assertThat(constraint.accepts()).as(text.toString(StandardCharsets.UTF_8)).isTrue();
    return new Written(text.toString(StandardCharsets.UTF_8), constraint.hurried());
  }

  private static Automaton automaton(ResponseFormat format) {
    return Automaton.of(FormatGrammar.of(format).orElseThrow(), LEXICON, "response_format");
  }

  @Test
  void everyAnswerUnderARandomSchemaIsValid() {
    var schemas = new RandomSchemas(11);
    int hurried = 0;
    for (int i = 0; i < SCHEMAS; i++) {
      String schema = schemas.next();
      Schema judge = REGISTRY.getSchema(schema);
      Automaton automaton = automaton(new ResponseFormat.JsonSchema("random", schema));
      Written answer = write(automaton, Math.max(automaton.shortest(), TOKENS + i % 50), i);
      hurried += answer.hurried() ? 1 : 0;
      assertThat(
              judge.validate(
                  answer.text(),
                  InputFormat.JSON,
                  context -> context.executionConfig(c -> c.formatAssertionsEnabled(true))))
          .as("schema %s, answer %s", schema, answer.text())
          .isEmpty();
    }
    assertThat(hurried).isPositive();
  }

  @Test
  void aLimitThatIsNearIsKeptToAndTheAnswerIsValidAllTheSame() {
    String schema =
        """
        {"type":"object","properties":{"items":{"type":"array","items":{"type":"string","minLength":5},"minItems":2},
         "n":{"type":"integer"}},"required":["items","n"],"additionalProperties":false}\
        """;
    Automaton automaton = automaton(new ResponseFormat.JsonSchema("s", schema));
    Schema judge = REGISTRY.getSchema(schema);
    for (int i = 0; i < 40; i++) {
      Written answer = write(automaton, 40 + i, i);
      assertThat(judge.validate(answer.text(), InputFormat.JSON)).as(answer.text()).isEmpty();
    }
  }

  @Test
  void theRealModelIsHeldToItsForm() {
    try (LocalChatModel model =
        LocalChatModel.open(
            DefaultModel.path(), EngineConfiguration.standard().withContextLength(1024))) {
      String schema =
          """
          {"type":"object","properties":{"name":{"type":"string","maxLength":20},"age":{"type":"integer","minimum":0,"maximum":130},
           "languages":{"type":"array","items":{"enum":["French","German","English"]},"minItems":1,"maxItems":3}},
           "required":["name","age","languages"],"additionalProperties":false}\
          """;
      ChatRequest request =
          ChatRequest.of(new Message.User("Describe Ada, aged 36, who speaks French and German."))
              .withFormat(new ResponseFormat.JsonSchema("person", schema))
              .withMaxTokens(120);
      Schema judge = REGISTRY.getSchema(schema);
      for (double temperature : new double[] {0, 0.7, 1.5}) {
        ChatAnswer answer =
            model.answer(
                request.withSampling(Sampling.DEFAULT.withTemperature(temperature).withSeed(3)));
        assertThat(judge.validate(answer.text(), InputFormat.JSON)).as(answer.text()).isEmpty();
        assertThat(answer.reason()).isEqualTo(ChatEvent.FinishReason.STOP);
      }
      // A limit cuts an answer of a form so that it is whole, and says that it was cut.
      ChatAnswer cut =
          model.answer(request.withMaxTokens(60).withSampling(Sampling.DEFAULT.withSeed(1)));
      assertThat(judge.validate(cut.text(), InputFormat.JSON)).as(cut.text()).isEmpty();
      ChatAnswer object =
          model.answer(
              ChatRequest.of(new Message.User("Give me JSON about Paris."))
                  .withFormat(new ResponseFormat.JsonObject())
                  .withSampling(Sampling.DEFAULT.withTemperature(1.5).withSeed(2))
                  .withMaxTokens(60));
      assertThat(STRICT.readTree(object.text()).isObject()).as(object.text()).isTrue();
      ChatAnswer choice =
          model.answer(
              ChatRequest.of(new Message.User("Is Paris in France?"))
                  .withFormat(new ResponseFormat.OneOf(List.of("yes", "no")))
                  .withSampling(Sampling.GREEDY));
      assertThat(choice.text()).isIn("yes", "no");
      ChatAnswer regex =
          model.answer(
              ChatRequest.of(new Message.User("When was the storming of the Bastille?"))
                  .withFormat(new ResponseFormat.Regex("\\d{4}-\\d\\d-\\d\\d"))
                  .withSampling(Sampling.GREEDY));
      assertThat(regex.text()).matches("\\d{4}-\\d\\d-\\d\\d");
      assertThat(regex.reason()).isEqualTo(ChatEvent.FinishReason.STOP);
    }
  }

  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();
}
