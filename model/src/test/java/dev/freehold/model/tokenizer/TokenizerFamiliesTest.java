package dev.freehold.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import dev.freehold.fixture.Mutants;
import dev.freehold.model.gguf.GgufHeader;
import dev.freehold.model.text.MarkedText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// 10,000 strings through each family's tokenizer, read from `tokenizer.json` and by the name that
/// GGUF gives it, against the hashes that `oracles/tokenizer_families.py` wrote.
class TokenizerFamiliesTest {

  private static final int COUNT = 10_000;
  private static final int BATCH = 100;

  private static JsonNode golden;
  private static List<String> strings;

  @TempDir Path folder;

  /// Knuth's generator, as the oracle has it.
  private static final class Draws {
    private long state;

    Draws(long seed) {
      state = seed;
    }

    int below(int n) {
      state = state * 6364136223846793005L + 1442695040888963407L;
      return (int) ((state >>> 33) % n);
    }
  }

  @BeforeAll
  static void read() throws IOException {
    try (InputStream in =
        new GZIPInputStream(TokenizerFamiliesTest.class.getResourceAsStream("families.json.gz"))) {
      golden = JsonMapper.shared().readTree(in.readAllBytes());
    }
    List<int[]> pool = new ArrayList<>();
    try (InputStream in = TokenizerFamiliesTest.class.getResourceAsStream("smollm2.jsonl")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        pool.add(JsonMapper.shared().readTree(line).get("text").asString().codePoints().toArray());
      }
    }
    strings = strings(pool, golden.get("ranges"));
  }

  private static List<String> strings(List<int[]> pool, JsonNode ranges) {
    var draws = new Draws(20261124);
    List<String> all = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      var text = new StringBuilder();
      for (int parts = 1 + draws.below(4); parts > 0; parts--) {
        if (draws.below(4) == 3) {
          JsonNode range = ranges.get(draws.below(ranges.size()));
          int low = range.get(0).asInt();
          int count = range.get(1).asInt() - low + 1;
          for (int points = 1 + draws.below(4); points > 0; points--) {
            text.appendCodePoint(low + draws.below(count));
          }
        } else {
          int[] from = pool.get(draws.below(pool.size()));
          int start = draws.below(from.length + 1);
          int length = draws.below(Math.min(40, from.length - start) + 1);
          text.append(new String(from, start, length));
        }
      }
      all.add(text.toString());
    }
    return all;
  }

  static List<String> families() {
    return List.copyOf(golden("families").propertyNames());
  }

  static List<String> whole() {
    return List.copyOf(golden("whole").propertyNames());
  }

  private static JsonNode golden(String key) {
    try {
      if (golden == null) {
        read();
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return golden.get(key);
  }

  /// The batches that differ, as far as a hash can tell.
  private static List<Integer> differences(Function<String, int[]> encode, JsonNode hashes)
      throws Exception {
    List<Integer> different = new ArrayList<>();
    for (int batch = 0; batch < COUNT / BATCH; batch++) {
      String ids =
          strings.subList(batch * BATCH, (batch + 1) * BATCH).stream()
              .map(text ->
                  Arrays.stream(encode.apply(text))
                      .mapToObj(Integer::toString)
                      .collect(Collectors.joining(",")))
              .collect(Collectors.joining("\n"));
      if (!hash(ids).startsWith(hashes.get(batch).asString())) {
        different.add(batch);
      }
    }
    return different;
  }

  private static String hash(String text) throws Exception {
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest);
  }

  private Path json(JsonNode description) throws IOException {
    return Files.writeString(folder.resolve("tokenizer.json"), description.toString());
  }

  private static ObjectNode described(JsonNode family) {
    ObjectNode description = JsonMapper.shared().createObjectNode();
    description.putArray("added_tokens");
    description.set("normalizer", family.get("normalizer"));
    description.set("pre_tokenizer", family.get("pre_tokenizer"));
    ObjectNode model = (ObjectNode) golden.get("base").deepCopy();
    model.put("ignore_merges", family.get("ignore_merges").asBoolean());
    description.set("model", model);
    return description;
  }

  @ParameterizedTest
  @MethodSource("families")
  void aByteLevelFamilyCutsAsItsReferenceDoes(String name) throws Exception {
    JsonNode family = golden.get("families").get(name);
    TokenizerDescription read = TokenizerJson.read(json(described(family)));
    assertThat(read.pre()).isEqualTo(name);
    assertThat(differences(Tokenizer.of(read)::encode, family.get("hashes"))).isEmpty();
    requireTheSameInGguf(read);
  }

  @ParameterizedTest
  @MethodSource("whole")
  void anotherKindOfTokenizerCutsAsItsReferenceDoes(String name) throws Exception {
    JsonNode known = golden.get("whole").get(name);
    Path file = json(known.get("json"));
    Tokenizer tokenizer = Tokenizer.read(file);
    requireTheSameInGguf(TokenizerJson.read(file));
    Function<String, String> change =
        text -> {
          for (String special :
              List.of(
                  "<unk>", "<s>", "</s>", "<pad>", "[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]")) {
            text = text.replace(special, "");
          }
          return text;
        };
    assertThat(differences(text -> tokenizer.encode(change.apply(text)), known.get("hashes")))
        .isEmpty();
  }

  /// What is written into a GGUF file and read again cuts alike.
  private static void requireTheSameInGguf(TokenizerDescription description) {
    GgufHeader header = new GgufHeader();
    description.describe(header);
    Tokenizer again = Tokenizer.read(header.metadata("written"));
    Tokenizer tokenizer = Tokenizer.of(description);
    for (String text : strings.subList(0, 300)) {
      assertThat(again.encode(text)).as(text).isEqualTo(tokenizer.encode(text));
    }
  }

  @Test
  void controlTokensOfATemplateAreReadAsSuchAmongAnyText() throws Exception {
    ObjectNode description = described(golden.get("families").get("qwen2"));
    description.set("added_tokens", golden.get("control").get("json").get("added_tokens"));
    Tokenizer tokenizer = Tokenizer.read(json(description));
    List<Integer> different =
        differences(
            text ->
                tokenizer.encode(
                    MarkedText.markup(
                        "<|im_start|>" + text + "<|im_end|>" + text + "<|im_start|>")),
            golden.get("control").get("hashes"));
    assertThat(different).isEmpty();
  }

  @Test
  void bytesThatAreNoTextAreDecodedAsTheReferenceDecodesThem() throws Exception {
    Tokenizer tokenizer = Tokenizer.read(json(described(golden.get("families").get("gpt-2"))));
    var draws = new Draws(20261125);
    int size = tokenizer.vocabulary().size();
    JsonNode hashes = golden.get("decoded");
    for (int batch = 0; batch < COUNT / BATCH; batch++) {
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < BATCH; i++) {
        int[] tokens = new int[1 + draws.below(12)];
        Arrays.setAll(tokens, _ -> draws.below(size));
        texts.add(tokenizer.decode(tokens));
      }
      assertThat(hash(String.join("\n", texts))).startsWith(hashes.get(batch).asString());
    }
  }

  @Test
  void aUsersTextIsNeverAControlTokenWhateverTheKind() throws Exception {
    for (String name : whole()) {
      Tokenizer tokenizer = Tokenizer.read(json(golden.get("whole").get(name).get("json")));
      for (String special : List.of("<s>", "</s>", "<pad>", "[CLS]", "[SEP]", "[MASK]")) {
        for (int token : tokenizer.encode("a " + special + " b" + special)) {
          assertThat(tokenizer.vocabulary().isControl(token)).as(name + special).isFalse();
        }
      }
    }
  }

  @Test
  void encodersAskForTokensAtBothEnds() throws Exception {
    Tokenizer bert = Tokenizer.read(json(golden.get("whole").get("wordpiece").get("json")));
    int[] tokens = bert.withEnds(bert.encode("light"));
    assertThat(bert.vocabulary().text(tokens[0])).isEqualTo("[CLS]");
    assertThat(bert.vocabulary().text(tokens[tokens.length - 1])).isEqualTo("[SEP]");
    Tokenizer t5 = Tokenizer.read(json(golden.get("whole").get("unigram").get("json")));
    tokens = t5.withEnds(t5.encode("light"));
    assertThat(t5.vocabulary().text(tokens[tokens.length - 1])).isEqualTo("</s>");
    assertThat(t5.decode(t5.encode("The light  of day"))).isEqualTo("The light of day");
  }

  @Test
  void whatBesideTheFileSaysOfItsTokensAndTemplateIsRead() throws Exception {
    Path file = json(golden.get("whole").get("llama").get("json"));
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"bos_token\":{\"content\":\"<s>\"},\"eos_token\":\"</s>\",\"add_bos_token\":true,"
            + "\"chat_template\":\"{{ messages }}\"}");
    TokenizerDescription read = TokenizerJson.read(file);
    assertThat(read.template()).isEqualTo("{{ messages }}");
    Tokenizer tokenizer = Tokenizer.of(read);
    assertThat(tokenizer.withBeginning(tokenizer.encode("a"))[0]).isEqualTo(1);
    assertThat(tokenizer.vocabulary().endsOfTurn()).containsExactly(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwkv", "plamo2", "nothing"})
  void aKindThatIsNotServedIsRefusedByName(String model) {
    var description =
        new TokenizerDescription(
            model,
            "",
            new String[] {"a"},
            new int[] {1},
            new float[0],
            new String[0],
            Map.of(),
            Map.of(),
            new int[0],
            new byte[0],
            "");
    assertThatThrownBy(() -> Tokenizer.of(description))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining(model);
  }

  /// A million mutants found it: an id alone reserved a million and a half of unused tokens.
  @Test
  void anIdFarBeyondWhatIsNamedIsRefused() throws Exception {
    ObjectNode vocab = small((ObjectNode) golden.get("whole").get("llama").get("json").deepCopy());
    ((ObjectNode) vocab.get("model").get("vocab")).put("far", 1_595_860);
    assertThatThrownBy(() -> Tokenizer.read(json(vocab)))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining("ids up to 1595860");
    ObjectNode added = small((ObjectNode) golden.get("whole").get("llama").get("json").deepCopy());
    ((tools.jackson.databind.node.ArrayNode) added.get("added_tokens"))
        .addObject()
        .put("id", 1_595_860)
        .put("content", "<far>");
    assertThatThrownBy(() -> Tokenizer.read(json(added)))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining("ids up to 1595860");
  }

  /// What is read of a damaged file works.
  @Test
  void aDamagedFileFailsAsOursOrIsRead() {
    Mutants.check(
        TokenizerFamiliesTest.class,
        "tokenizer.json of all families",
        4_000,
        mutants(folder.resolve("tokenizer.json")));
  }

  public static void main(String[] arguments) throws IOException {
    read();
    Path file = Files.createTempFile("tokenizer", ".json");
    try {
      Mutants.each(arguments[0], mutants(file));
    } finally {
      Files.delete(file);
    }
  }

  private static Mutants.Reader mutants(Path file) {
    List<String> sound = new ArrayList<>();
    for (String name : families()) {
      ObjectNode family = described(golden.get("families").get(name));
      sound.add(small(family).toString());
    }
    for (String name : whole()) {
      sound.add(
          small((ObjectNode) golden.get("whole").get(name).get("json").deepCopy()).toString());
    }
    return seed -> {
      var random = new Random(seed);
      var text = new StringBuilder(sound.get(random.nextInt(sound.size())));
      for (int j = random.nextInt(4); j >= 0 && !text.isEmpty(); j--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(4)) {
          case 0 -> text.setCharAt(at, "{}[]\",:0-9tfn\u0000\uD800".charAt(random.nextInt(15)));
          case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(30)));
          case 2 ->
              text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(40))));
          default -> replaceNumber(text, at, random);
        }
      }
      Files.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
      Tokenizer tokenizer = Tokenizer.read(file);
      tokenizer.decode(tokenizer.withEnds(tokenizer.encode("Light, <s>\u0000 é日 123  x")));
      return true;
    };
  }

  private static void replaceNumber(StringBuilder text, int from, Random random) {
    for (int at = from; at < text.length(); at++) {
      if (Character.isDigit(text.charAt(at))) {
        int end = at;
        while (end < text.length() && Character.isDigit(text.charAt(end))) {
          end++;
        }
        String[] numbers = {
          "0", "-1", "4294967296", "2147483647", "99999999999999999999", "1e9", "1.5"
        };
        text.replace(at, end, numbers[random.nextInt(numbers.length)]);
        return;
      }
    }
  }

  /// The same with a vocabulary of a few tokens, so that damage hits every part.
  private static ObjectNode small(ObjectNode description) {
    ObjectNode model = (ObjectNode) description.get("model");
    if (model.get("vocab") instanceof ObjectNode vocab) {
      List<String> names = List.copyOf(vocab.propertyNames());
      vocab.remove(names.subList(Math.min(names.size(), 300), names.size()));
      if (model.get("merges") != null) {
        ((tools.jackson.databind.node.ArrayNode) model.get("merges")).removeAll();
      }
    } else {
      var vocab = (tools.jackson.databind.node.ArrayNode) model.get("vocab");
      while (vocab.size() > 100) {
        vocab.remove(vocab.size() - 1);
      }
    }
    return description;
  }
}
