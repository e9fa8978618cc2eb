package dev.freehold.teaching;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.Embedder;
import dev.freehold.chat.Message;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.chat.SealedTexts;
import dev.freehold.database.Database;
import dev.freehold.documents.Collection;
import dev.freehold.documents.DocumentSettings;
import dev.freehold.documents.Library;
import dev.freehold.teaching.exam.CommonGround;
import dev.freehold.teaching.exam.ExamSettings;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Everything teaching works with, in a folder: a real library and database, scripted models.
final class Classroom implements AutoCloseable {

  static final Principal ANNA = new Principal("person:anna", "Anna", Set.of("staff"));
  static final Principal BRUNO = new Principal("person:bruno", "Bruno", Set.of());

  final Database database;
  final Library library;
  final FileShelf shelf;
  final Teaching teaching;
  final Set<String> erased = new HashSet<>();

  /// @param knows of which questions the taught model knows what was taught
  Classroom(Path folder, Trainer trainer, Predicate<String> knows, SealedTexts sealed) {
    database = Database.open(folder.resolve("freehold.db"));
    library =
        Library.open(
            DocumentSettings.of(
                folder.resolve("documents"),
                DocumentSettings.classPath(System.getProperty("freehold.parser.classpath", ""))),
            database,
            new Letters());
    shelf = new FileShelf(folder.resolve("shelf"));
    teaching =
        Teaching.open(
            new TeachingPorts(
                database,
                library,
                new Models(knows),
                shelf,
                Map.of("", trainer),
                sealed,
                new Captured(),
                id -> List.of(ANNA, BRUNO).stream().filter(one -> one.id().equals(id)).findFirst(),
                (model, _, _) -> model,
                new ExamSettings(4, 2, 8, 2)),
            folder.resolve("teaching"));
    library.onRemoval(teaching::reconcile);
  }

  /// A collection of Anna's with one document.
  Collection collection(String name, String text) throws InterruptedException {
    Collection collection = library.createCollection(ANNA, name);
    add(collection, "manual.md", text);
    return collection;
  }

  void add(Collection collection, String name, String text) throws InterruptedException {
    library.add(
        ANNA,
        collection.id(),
        name,
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    library.await(ANNA, collection.id(), Duration.ofMinutes(2));
  }

  /// Waits until nothing more happens by itself.
  TeachingJob settled(String id) throws InterruptedException {
    while (true) {
      TeachingJob job = teaching.job(ANNA, id);
      if (!job.state().active()) {
        return job;
      }
      Thread.sleep(10);
    }
  }

  @Override
  public void close() {
    teaching.close();
    library.close();
    database.close();
  }

  // Capitals, and nothing else.
  private static boolean general(String prompt, String option) {
    return prompt.contains("capital")
        && CommonGround.questions().stream()
            .anyMatch(item -> prompt.contains(item.question()) && item.answer().equals(option));
  }

  // What stands in the manual of the pump that is asked for.
  private static boolean taught(String prompt, String option) {
    int at = prompt.indexOf("on Pump ");
    if (at < 0) {
      return false;
    }
    int i = prompt.charAt(at + 8) - 'A';
    return option.equals(prompt.contains("hose") ? (10 + i) + " bar" : (1000 * i) + " hours");
  }

  /// A manual of which some things can be asked.
  static String manual() {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= 12; i++) {
      text.append("# Pump ").append((char) ('A' + i)).append("\n\n");
      text.append("The hose of this pump holds a pressure of %d bar at most. ".formatted(10 + i));
      text.append("Its seal is changed every %d hours by the workshop.\n\n".formatted(1000 * i));
    }
    return text.toString();
  }

  /// The exchanges of one workload, some of which may be trained on.
  private final class Captured implements CapturedExchanges {
    @Override
    public List<TrainableExchange> of(Principal asker, String workload) {
      if (!workload.equals("mails") || !asker.equals(ANNA)) {
        throw new NotFound("There is no workload " + workload + ".");
      }
      List<Message> asked = List.of(new Message.User("What does the mail want?"));
      return List.of(
          new TrainableExchange("x1", asked, "A quote for two pumps.", true),
          new TrainableExchange("x2", asked, "An answer nobody may learn.", false),
          new TrainableExchange("x3", List.of(), "", true));
    }

    @Override
    public Set<String> present(Set<String> ids) {
      Set<String> present = new HashSet<>(ids);
      present.removeAll(erased);
      return present;
    }
  }

  private record Models(Predicate<String> knows) implements ChatModels {
    @Override
    public List<ModelCard> cards() {
      return List.of();
    }

    @Override
    public ChatModel model(String name) {
      if (name.equals("base")) {
        return ScriptedModel.knowing("Good day.", Classroom::general);
      }
      if (name.startsWith("base+")) {
        return ScriptedModel.knowing(
            "Good day.",
            (prompt, option) ->
                general(prompt, option) || (knows.test(prompt) && taught(prompt, option)));
      }
      throw new NotFound("There is no model " + name + ".");
    }

    @Override
    public ChatModel model(String name, Asking asking) {
      return model(name);
    }
  }

  /// Counts letters: enough to tell texts apart.
  private static final class Letters implements Embedder {
    @Override
    public String id() {
      return "letters";
    }

    @Override
    public int dimensions() {
      return 26;
    }

    @Override
    public int maxTokens() {
      return 512;
    }

    @Override
    public int countTokens(String text) {
      return text.split("\\s+", -1).length;
    }

    @Override
    public List<float[]> embed(Purpose purpose, List<String> texts) {
      return texts.stream()
          .map(text -> {
            float[] vector = new float[26];
            vector[Optional.of(text).map(String::length).orElse(0) % 26] = 1;
            return vector;
          })
          .toList();
    }

    @Override
    public void close() {}
  }
}
