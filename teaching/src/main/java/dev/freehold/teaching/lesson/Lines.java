package dev.freehold.teaching.lesson;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// JSON lines, read strictly: a key given twice, deep nesting, or anything behind the value is
/// refused. Bad rows are named by line, all at once.
final class Lines {

  /// Most bad rows that are told one by one.
  private static final int TOLD = 20;

  static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(64)
                          .maxNumberLength(100)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Lines() {}

  /// Reads every line that is not blank.
  ///
  /// @param name how errors call the file
  /// @throws InvalidRequest where it is no UTF-8, has no rows, or rows are bad, naming them
  static <T> List<T> read(byte[] bytes, String name, Function<Row, T> reader) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidRequest("%s is no text in UTF-8.".formatted(name), "file");
    }
    List<T> rows = new ArrayList<>();
    List<String> bad = new ArrayList<>();
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      try {
        rows.add(reader.apply(new Row(MAPPER.readTree(line), "")));
      } catch (FreeholdException e) {
        bad.add("line %d: %s".formatted(number, e.getMessage()));
      } catch (JacksonException e) {
        String why = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
        bad.add(
            "line %d: no JSON that is accepted here: %s"
                .formatted(number, why.length() > 160 ? why.substring(0, 160) + "…" : why));
      }
    }
    if (!bad.isEmpty()) {
      String more = bad.size() > TOLD ? "\n… and %d more".formatted(bad.size() - TOLD) : "";
      throw new InvalidRequest(
          "%s has %d bad rows:\n%s%s"
              .formatted(
                  name,
                  bad.size(),
                  String.join("\n", bad.subList(0, Math.min(TOLD, bad.size()))),
                  more),
          "file");
    }
    if (rows.isEmpty()) {
      throw new InvalidRequest("%s has no rows.".formatted(name), "file");
    }
    return rows;
  }
}
