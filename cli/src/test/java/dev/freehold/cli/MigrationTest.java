package dev.freehold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIException;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.freehold.fixture.DefaultModel;
import dev.freehold.proving.Benchmarks;
import dev.freehold.proving.ReviewCase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A whole migration on the sample company: real processes, real sockets, real and different open
/// models, the official client. `docs/migration.md` is this test with all mails:
/// `-Dfreehold.migration=216`, and `-Dfreehold.test.gemma3=FILE` to rent Gemma 3.
class MigrationTest {

  private static final int CASES = Integer.getInteger("freehold.migration", 6);
  private static final int TOKENS = 24;
  private static final String WORKLOAD = "mail-sorting";

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private Path home;
  private UpProcess house;
  private String base = "";
  private String admin = "";
  private String verdict = "";

  private static Ran done(Path home, String... arguments) {
    Ran ran = Ran.command(home, arguments);
    assertThat(ran.code()).as(String.join(" ", arguments) + ran.err()).isZero();
    return ran;
  }

  /// Brings in what is rented and what may take its place. Gemma 3, where its file is given, and
  /// the same in smaller weights; else the default model in other weights, and as it is.
  private void models(Path theirs) throws IOException {
    String gemma = System.getProperty("freehold.test.gemma3", "");
    String file = DefaultModel.path().toString();
    String large = folder.resolve("large.gguf").toString();
    String open = file;
    if (gemma.isEmpty()) {
      done(folder, "quantize", file, large, "Q4_0");
    } else {
      Path template = folder.resolve("plain.jinja");
      Files.writeString(template, Company.TEMPLATE);
      done(folder, "convert", gemma, "--chat-template", template.toString(), "-o", large);
      open = folder.resolve("open.gguf").toString();
      done(folder, "quantize", large, open, "Q4_0");
    }
    done(theirs, "pull", large, "--name", "large");
    done(theirs, "pull", open, "--name", "open");
    done(home, "pull", file, "--name", "smollm2");
  }

  private JsonNode api(int status, String method, String path, String body) throws Exception {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create(base + path))
                .header("Authorization", "Bearer " + admin)
                .header("Content-Type", "application/json")
                .method(
                    method,
                    body.isEmpty()
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(path + response.body()).isEqualTo(status);
    return response.body().isEmpty()
        ? JsonMapper.shared().nullNode()
        : JsonMapper.shared().readTree(response.body());
  }

  private JsonNode workload() throws Exception {
    return api(200, "GET", "/api/workloads/" + WORKLOAD, "");
  }

  /// The official client, which is no resource by itself.
  private record Application(OpenAIClient client) implements AutoCloseable {
    @Override
    public void close() {
      client.close();
    }
  }

  private Application application(String key) {
    return new Application(
        OpenAIOkHttpClient.builder()
            .baseUrl(base + "/v1")
            .apiKey(key)
            .maxRetries(0)
            .timeout(Duration.ofMinutes(10))
            .build());
  }

  private static ChatCompletionCreateParams.Builder question(String workload, String text) {
    return ChatCompletionCreateParams.builder()
        .model(workload)
        .addSystemMessage(Company.instructions(CASES > 50))
        .addUserMessage(text)
        .temperature(0);
  }

  /// Held to one of the departments, as OpenAI's API has it.
  private static ChatCompletionCreateParams sorting(Company.Mail mail) {
    Map<String, Object> department = Map.of("type", "string", "enum", Company.DEPARTMENTS);
    var schema =
        ResponseFormatJsonSchema.JsonSchema.Schema.builder()
            .putAdditionalProperty("type", JsonValue.from("object"))
            .putAdditionalProperty("properties", JsonValue.from(Map.of("department", department)))
            .putAdditionalProperty("required", JsonValue.from(List.of("department")))
            .putAdditionalProperty("additionalProperties", JsonValue.from(false))
            .build();
    var named =
        ResponseFormatJsonSchema.JsonSchema.builder()
            .name("department")
            .strict(true)
            .schema(schema)
            .build();
    return question(WORKLOAD, mail.question())
        .maxCompletionTokens(TOKENS)
        .responseFormat(ResponseFormatJsonSchema.builder().jsonSchema(named).build())
        .build();
  }

  private static String ask(OpenAIClient client, Company.Mail mail, boolean streamed) {
    ChatCompletionCreateParams question = sorting(mail);
    if (!streamed) {
      return client
          .chat()
          .completions()
          .create(question)
          .choices()
          .getFirst()
          .message()
          .content()
          .orElse("");
    }
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(question)) {
      return stream.stream()
          .flatMap(chunk -> chunk.choices().stream())
          .flatMap(choice -> choice.delta().content().stream())
          .collect(Collectors.joining());
    }
  }

  private void start() throws IOException {
    house = UpProcess.start(home, "up", "--port", "0");
    base = house.address();
  }

  @Test
  void aCompanyLeavesTheModelItRents() throws Exception {
    Path theirs = folder.resolve("theirs");
    home = folder.resolve("ours");
    models(theirs);
    String theirKey = done(theirs, "keys", "create", "House", "--quiet").out().strip();
    admin = done(home, "keys", "create", "Ada", "--administrator", "--quiet").out().strip();
    try (UpProcess rented = UpProcess.start(theirs, "up", "--port", "0")) {
      String there = rented.address();
      try (Cable cable = new Cable(URI.create(there).getPort())) {
        start();
        connected("rented", there, theirKey);
        connected("own", cable.address(), theirKey);
        api(
            201,
            "POST",
            "/api/workloads",
            """
            {"name":"%s","incumbent":"rented/large","capture":"full","form":"json",
             "prices":{"rented/large":{"prompt":2.5,"completion":10}},
             "quality":{"grader":"json","least":0.02,"seconds":1,"cases":200}}
            """
                .formatted(WORKLOAD));
        capturedThroughTheOfficialClient();
        killedWithTwoHundredAtOnce();
        proved();
        shadowed();
        ledBackByAPulledCable(cable);
        cable.plug();
        switchedOver();
        watched(theirs);
      } finally {
        house.close();
      }
    }
  }

  /// An upstream is added over HTTP; its key is in no answer and in no file.
  private void connected(String name, String where, String key) throws Exception {
    String added =
        api(
                201,
                "POST",
                "/api/upstreams",
                "{\"name\":\"%s\",\"kind\":\"freehold\",\"url\":\"%s/v1\",\"key\":\"%s\"}"
                    .formatted(name, where, key))
            .toString();
    JsonNode tested = api(200, "POST", "/api/upstreams/" + name + "/test", "{}");
    assertThat(tested.toString()).contains(name + "/large", name + "/open");
    assertThat(added + tested + api(200, "GET", "/api/upstreams", "")).doesNotContain(key);
    assertThat(Files.readString(home.resolve("upstreams.json"))).contains(name).doesNotContain(key);
  }

  /// Points the application here by its base address alone.
  private void capturedThroughTheOfficialClient() throws Exception {
    String key = done(home, "keys", "create", "Application", "--quiet").out().strip();
    Map<String, String> read = new HashMap<>();
    try (Application application = application(key)) {
      List<Company.Mail> mails = Company.mails(CASES);
      for (int i = 0; i < mails.size(); i++) {
        read.put(mails.get(i).question(), ask(application.client(), mails.get(i), i % 2 == 0));
      }
    }
    Map<String, String> kept = new HashMap<>();
    for (JsonNode one : exchanges(WORKLOAD)) {
      assertThat(one.get("model").asString()).isEqualTo("rented/large");
      assertThat(one.get("part").asString()).isEqualTo("incumbent");
      assertThat(one.get("outcome").asString()).isEqualTo("answered");
      assertThat(one.get("promptTokens").asInt()).isPositive();
      assertThat(one.get("cost").asDouble()).isPositive();
      assertThat(one.at("/responseFormat/type").asString()).isEqualTo("json_schema");
      assertThat(one.get("valid").asBoolean()).isTrue();
      kept.put(one.at("/messages/1/content").asString(), one.get("answer").asString());
    }
    assertThat(kept).isEqualTo(read);
  }

  private List<JsonNode> exchanges(String workload) throws Exception {
    List<JsonNode> all = new ArrayList<>();
    String before = "";
    while (true) {
      JsonNode page =
          api(200, "GET", "/api/workloads/" + workload + "/exchanges" + before, "")
              .get("exchanges");
      if (page.isEmpty()) {
        return all;
      }
      page.forEach(all::add);
      before = "?before=" + page.get(page.size() - 1).get("id").asString();
    }
  }

  /// Two hundred ask at once through the official client while the house is killed: whatever a
  /// client has read to its end is in the record of the next start.
  private void killedWithTwoHundredAtOnce() throws Exception {
    api(
        201,
        "POST",
        "/api/workloads",
        "{\"name\":\"counting\",\"incumbent\":\"rented/large\",\"capture\":\"full\"}");
    Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    CountDownLatch some = new CountDownLatch(20);
    CountDownLatch over = new CountDownLatch(200);
    try (Application application = application(admin)) {
      for (int i = 0; i < 200; i++) {
        String text = "Number " + i + "?";
        boolean streamed = i % 2 == 0;
        Thread.ofVirtual()
            .start(() -> {
              try {
                if (finished(application.client(), text, streamed)) {
                  acknowledged.add(text);
                  some.countDown();
                }
              } catch (OpenAIException e) {
                return; // Busy, or the house was killed: nothing was acknowledged.
              } finally {
                over.countDown();
              }
            });
      }
      assertThat(some.await(30, TimeUnit.MINUTES)).isTrue();
      house.close(); // As kill -9 does.
      assertThat(over.await(30, TimeUnit.MINUTES)).isTrue();
    }
    start();
    Set<String> kept =
        exchanges("counting").stream()
            .filter(one -> one.get("outcome").asString().equals("answered"))
            .map(one -> one.at("/messages/1/content").asString())
            .collect(Collectors.toSet());
    assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(20);
    Set<String> lost =
        acknowledged.stream().filter(one -> !kept.contains(one)).collect(Collectors.toSet());
    assertThat(lost).as("acknowledged and lost").isEmpty();
    System.out.printf(
        "killed after %d of 200 acknowledged answers, none lost%n", acknowledged.size());
  }

  private static boolean finished(OpenAIClient client, String text, boolean streamed) {
    ChatCompletionCreateParams question = question("counting", text).maxCompletionTokens(1).build();
    if (!streamed) {
      return !client.chat().completions().create(question).choices().isEmpty();
    }
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(question)) {
      return stream.stream()
              .flatMap(chunk -> chunk.choices().stream())
              .filter(choice -> choice.finishReason().isPresent())
              .count()
          == 1;
    }
  }

  /// A benchmark is drawn from what was asked, people give the right answers, two candidates are
  /// held against the rented model.
  private void proved() throws Exception {
    String[] prove = {
      "prove",
      WORKLOAD,
      "--grader",
      "json",
      "--cases",
      Integer.toString(CASES),
      "--candidate",
      "own/open",
      "--candidate",
      "smollm2",
      "--margin",
      "5",
      "--max-tokens",
      Integer.toString(TOKENS),
      "--plan"
    };
    // Without golds there is nothing to prove yet, and it says where they are given.
    assertThat(Ran.command(home, prove).err()).contains("sealed", "/golds");
    int cases = reviewed();
    Ran proof = Ran.command(home, Arrays.copyOf(prove, prove.length - 1));
    System.out.printf("%d cases%n%s%n%s%n", cases, proof.err(), proof.out());
    assertThat(proof.code()).as(proof.err()).isIn(0, ProveCommand.WORSE, ProveCommand.OPEN);
    assertThat(proof.err()).contains(" 0 failed");
    assertThat(proof.out()).contains("own/open", "smollm2", "rented/large");
    Matcher said = Pattern.compile("Verdict (\\S+)").matcher(proof.out());
    assertThat(said.find()).isTrue();
    verdict = said.group(1); // The first is that of the first candidate.
    Matcher pack = Pattern.compile("Evidence: (\\S+),").matcher(proof.out());
    assertThat(pack.find()).isTrue();
    assertThat(done(home, "verify", pack.group(1)).out()).contains("they are the same");
    done(home, "egress", "verify");
    kept(Path.of(pack.group(1)).resolveSibling("report.html"), "migration-report.html");
  }

  /// Keeps a page for people to look at, where they say so.
  private static void kept(Path page, String name) throws IOException {
    String to = System.getProperty("freehold.pictures", "");
    if (!to.isEmpty()) {
      Files.copy(page, Path.of(to).resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /// What a person does on the review page; returns how many cases there are.
  private int reviewed() throws IOException {
    Map<String, Company.Mail> mails = new HashMap<>();
    Company.mails(CASES).forEach(mail -> mails.put(mail.question(), mail));
    Settings settings = Settings.of(Map.of("home", home.toString()), Map.of());
    try (Administration here = Administration.open(settings)) {
      Benchmarks benchmarks = here.proofs().benchmarks();
      List<ReviewCase> cases = benchmarks.cases(here.person(), WORKLOAD);
      for (ReviewCase one : cases) {
        Company.Mail mail = mails.get(one.content().messages().getLast().text());
        assertThat(mail).as(one.content().toString()).isNotNull();
        benchmarks.review(
            here.person(),
            WORKLOAD,
            one.content().id(),
            new Benchmarks.Review.Golds(List.of(mail.gold())));
      }
      assertThat(benchmarks.cases(here.person(), WORKLOAD)).noneMatch(ReviewCase::open);
      return cases.size();
    }
  }

  /// The candidate is asked the same, unseen, and its answers are graded against the incumbent's.
  private void shadowed() throws Exception {
    done(home, "switch", WORKLOAD, "--to", "own/open", "--shadow", "--reason", "First look");
    List<Company.Mail> mails = Company.mails(Math.min(CASES, 40));
    try (Application application = application(admin)) {
      for (Company.Mail mail : mails) {
        ask(application.client(), mail, true);
      }
    }
    JsonNode seen = workload();
    long end = System.nanoTime() + Duration.ofHours(1).toNanos();
    while (seen.at("/live/quality/graded").asInt() < mails.size()) {
      assertThat(System.nanoTime()).as(seen.toString()).isLessThan(end);
      assertThat(seen.at("/live/quality/problem").isNull()).as(seen.toString()).isTrue();
      Thread.sleep(200); // Looks come every second, whenever that is.
      seen = workload();
    }
    assertThat(seen.at("/route/stage").asString()).isEqualTo("shadow");
    System.out.printf("shadow: %s%n%s%n", seen.at("/live/figures"), seen.at("/live/quality"));
  }

  /// Half of the people are answered by the candidate until the cable to it is pulled: nobody is
  /// left without an answer, and the guards lead everybody back.
  private void ledBackByAPulledCable(Cable cable) throws Exception {
    done(home, "switch", WORKLOAD, "--canary", "50", "--reason", "The shadow looked well");
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      keys.add(done(home, "keys", "create", "Person " + i, "--quiet").out().strip());
    }
    for (String key : keys) {
      answered(key);
    }
    Map<String, Integer> parts = parts();
    assertThat(parts.get("candidate")).isPositive();
    assertThat(parts.get("incumbent")).isPositive();
    System.out.printf("canary: %s%n", workload().at("/live/figures"));
    cable.pull();
    for (int i = 0; workload().at("/route/stage").asString().equals("canary"); i++) {
      assertThat(i).as("asked since the cable was pulled").isLessThan(1000);
      answered(keys.get(i % keys.size()));
    }
    JsonNode last = workload().at("/history/0");
    assertThat(last.get("byItself").asBoolean()).isTrue();
    assertThat(last.get("reason").asString())
        .contains("of the candidate's last")
        .contains("failed");
    assertThat(last.get("after").asString()).isEqualTo("rented/large");
    System.out.printf("rolled back: %s%n", last.get("reason").asString());
  }

  private void answered(String key) throws IOException {
    try (Application application = application(key)) {
      ask(application.client(), Company.mails(1).getFirst(), false);
    }
  }

  private Map<String, Integer> parts() throws Exception {
    Map<String, Integer> parts = new TreeMap<>();
    workload()
        .at("/live/figures")
        .forEach(one -> parts.put(one.get("part").asString(), one.get("count").asInt()));
    return parts;
  }

  /// The fault is mended, and the candidate takes over, on its verdict; a restart forgets nothing.
  private void switchedOver() throws Exception {
    house.close();
    start();
    String reason = "The cable is in again";
    done(home, "switch", WORKLOAD, "--full", "--verdict", verdict, "--reason", reason);
    answered(admin);
    assertThat(exchanges(WORKLOAD))
        .filteredOn(one -> one.get("part").asString().equals("candidate"))
        .first()
        .extracting(one -> one.get("model").asString())
        .isEqualTo("own/open");
    assertThat(workload().at("/route/summary").asString())
        .isEqualTo("own/open instead of rented/large");
    assertThat(parts()).containsEntry("candidate", 1);
    assertThat(done(home, "workloads", "show", WORKLOAD).out())
        .contains("First look", "The shadow looked well", "guards", reason, verdict);
    System.out.println(done(home, "egress", "verify").out());
  }

  /// Both sides are looked at again: first as they are, then after what is rented became another
  /// model under its old name.
  private void watched(Path theirs) throws Exception {
    String[] now = {"watch", WORKLOAD, "--now"};
    assertThat(done(home, "watch", WORKLOAD, "--every", "7d", "--margin", "5").out())
        .contains("rented/large is held against its incumbent every 7 days");
    Ran first = Ran.command(home, now);
    assertThat(first.code()).as(first.err()).isIn(0, ProveCommand.WORSE, ProveCommand.OPEN);
    assertThat(first.out()).contains("own/open", "rented/large", "new conversations");
    done(theirs, "rm", "large");
    done(theirs, "pull", DefaultModel.path().toString(), "--name", "large");
    Ran second = Ran.command(home, now);
    assertThat(second.code()).as(second.err()).isIn(0, ProveCommand.WORSE, ProveCommand.OPEN);
    assertThat(second.out()).contains("rented/large is not what it was.");
    System.out.println(first.out() + second.out());
    Path page = folder.resolve("history.html");
    done(home, "watch", WORKLOAD, "--report", page.toString());
    assertThat(Files.readString(page)).contains("Both sides over time", "own/open", "rented/large");
    kept(page, "migration-history.html");
  }
}
