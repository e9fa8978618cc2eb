package dev.freehold.teaching.exam;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/// What a base knows without anybody's documents, to see whether it still does: general questions,
/// prompts of everyday use, a text in the public domain.
public final class CommonGround {

  private CommonGround() {}

  /// Questions of general knowledge with four options each.
  public static List<ExamItem> questions() {
    List<ExamItem> items = new ArrayList<>();
    for (String line : text("known.txt").strip().split("\n", -1)) {
      String[] parts = line.split("\\|", -1);
      List<String> options = new ArrayList<>(List.of(parts).subList(1, parts.length));
      String right = options.getFirst();
      Collections.shuffle(options, new Random(line.hashCode()));
      items.add(
          new ExamItem(
              "known-" + (items.size() + 1),
              ExamItem.Group.KNOWN,
              parts[0],
              options,
              options.indexOf(right),
              List.of()));
    }
    return items;
  }

  /// Prompts whose answers by the base are learned, so that it stays what it was.
  public static List<String> replayed() {
    List<String> prompts = prompts();
    return prompts.subList(0, prompts.size() * 2 / 3);
  }

  /// Prompts of the same kind that are never learned: does it answer them as before?
  public static List<String> compared() {
    List<String> prompts = prompts();
    return prompts.subList(prompts.size() * 2 / 3, prompts.size());
  }

  /// Beginnings of general prose, which the base goes on with in its own words.
  public static List<String> openings() {
    return List.of(text("openings.txt").strip().split("\n", -1));
  }

  /// Beginnings of questions on anything, which the base ends in its own words and answers itself.
  public static List<String> starters() {
    return List.of(text("starters.txt").strip().split("\n", -1));
  }

  private static List<String> prompts() {
    return List.of(text("replay.txt").strip().split("\n", -1));
  }

  /// A general text: from the Queries of Newton's Opticks (1730).
  public static String prose() {
    return text("general.txt");
  }

  private static String text(String name) {
    try (InputStream in =
        CommonGround.class.getResourceAsStream("/dev/freehold/teaching/" + name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
