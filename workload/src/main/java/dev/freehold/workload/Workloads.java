package dev.freehold.workload;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.Conflict;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// The workloads in front of the models: a name that clients send as `model` is a workload's, whose
/// route decides who answers, or a model's own.
///
/// Administrators manage them; to everybody else a workload that is there looks like one that is
/// not. Safe for use by many threads at once.
public final class Workloads implements ChatModels {

  private final WorkloadTable table;
  private final Exchanges exchanges;
  private final Capture capture;
  private final ChatModels models;
  private final Map<String, Watching> watching = new ConcurrentHashMap<>();
  private final List<Consumer<String>> erasing = new CopyOnWriteArrayList<>();
  private volatile Evidence evidence = (_, _, id) -> id;
  private final Shadows shadows = new Shadows();
  private final Clock clock;
  private final QualityGrader quality;

  private Workloads(
      WorkloadTable table,
      Exchanges exchanges,
      Capture capture,
      ChatModels models,
      Clock clock,
      QualityGrader quality) {
    this.table = table;
    this.exchanges = exchanges;
    this.capture = capture;
    this.models = models;
    this.clock = clock;
    this.quality = quality;
  }

  /// @param database where workloads and their history are kept
  /// @param exchanges where exchanges are kept
  /// @param capture how they get there
  /// @param models the models behind the routes
  public static Workloads in(
      Database database, Exchanges exchanges, Capture capture, ChatModels models) {
    return in(database, exchanges, capture, models, QualityGrader.NONE);
  }

  /// Those of a database, whose candidates' quality can be watched.
  ///
  /// @param quality grades answers
  public static Workloads in(
      Database database,
      Exchanges exchanges,
      Capture capture,
      ChatModels models,
      QualityGrader quality) {
    Clock clock = Clock.systemUTC();
    return new Workloads(
        new WorkloadTable(database, clock), exchanges, capture, models, clock, quality);
  }

  /// The models, and behind them the workloads under their names.
  @Override
  public List<ModelCard> cards() {
    return withWorkloads(models.cards());
  }

  @Override
  public List<ModelCard> cards(Principal principal) {
    return withWorkloads(models.cards(principal));
  }

  private List<ModelCard> withWorkloads(List<ModelCard> behind) {
    List<ModelCard> cards = new ArrayList<>(behind);
    for (Workload workload : table.list()) {
      cards.add(
          new ModelCard(
              workload.name(), "workload", 0, 0, 0, "", "", Instant.EPOCH, Optional.empty()));
    }
    return cards;
  }

  /// A model by its own name. A workload has to know who asks.
  @Override
  public ChatModel model(String name) {
    if (table.find(name).isPresent()) {
      throw new InvalidRequest("A workload is asked on somebody's behalf.", "model");
    }
    return models.model(name);
  }

  @Override
  public ChatModel model(String name, Asking asking) {
    Optional<WorkloadTable.Entry> entry = table.find(name);
    if (entry.isEmpty()) {
      return models.model(name, asking);
    }
    return new RoutedModel(routing(entry.get(), asking));
  }

  private Routing routing(WorkloadTable.Entry entry, Asking asking) {
    Workload workload = entry.workload();
    Asking here = new Asking(asking.principal(), workload.name(), workload.sensitivity());
    return new Routing(
        workload,
        entry.generation(),
        here,
        models,
        capture,
        this::seen,
        this::sampled,
        shadows,
        clock);
  }

  private void sampled(Routing routing, Sample sample) {
    watching(routing.workload().name())
        .sample(sample, routing.generation(), routing.workload().quality().cases());
  }

  /// Looks at the quality of candidates whose time has come: grades what was sampled of their
  /// answers against the incumbent's, and leads traffic back where they fall short. To be called
  /// now and then.
  ///
  /// @return how many answers were graded
  public int look() {
    Looking looking = new Looking(table, models, quality, this::routing);
    return table.list().stream()
        .mapToInt(one -> looking.look(one.name(), watching(one.name()), clock.instant()))
        .sum();
  }

  private void seen(Routing routing, Exchange exchange) {
    Watching window = watching(routing.workload().name());
    window.see(exchange, routing.generation());
    Route route = routing.workload().route();
    if (exchange.part() == Part.CANDIDATE && route.stage() != Stage.INCUMBENT) {
      window
          .alarm(routing.workload().guards())
          .ifPresent(
              why -> table.rollBack(routing.workload().name(), routing.generation(), why + "."));
    }
  }

  private Watching watching(String name) {
    return watching.computeIfAbsent(name, _ -> new Watching());
  }

  /// All workloads.
  ///
  /// @throws NotFound where the asker is no administrator
  public List<Workload> list(Principal asker) {
    WorkloadTable.requireAdministrator(asker, "");
    return table.list();
  }

  /// One workload.
  ///
  /// @throws NotFound where there is none of that name, or the asker is no administrator
  public Workload get(Principal asker, String name) {
    WorkloadTable.requireAdministrator(asker, name);
    return table.find(name).orElseThrow(() -> WorkloadTable.unknown(name)).workload();
  }

  /// Lets an upstream go only where no route leads to one of its models.
  ///
  /// @throws Conflict naming the workloads that would fail
  /// @throws NotFound where the asker is no administrator
  public void requireUnused(Principal asker, String upstream) {
    List<String> leading =
        list(asker).stream()
            .filter(one -> one.route().models().anyMatch(it -> it.startsWith(upstream + "/")))
            .map(Workload::name)
            .toList();
    if (!leading.isEmpty()) {
      throw new Conflict(
          "%s is used by %s; lead the route elsewhere first."
              .formatted(upstream, String.join(", ", leading)));
    }
  }

  /// Makes one.
  ///
  /// @throws Conflict where its name is a workload's or a model's already
  /// @throws NotFound where one of its models is not there
  public void create(Principal asker, Workload workload) {
    WorkloadTable.requireAdministrator(asker, workload.name());
    if (models.cards().stream().anyMatch(card -> card.name().equals(workload.name()))) {
      throw new Conflict("%s is a model's name.".formatted(workload.name()));
    }
    requireModels(asker, workload.route());
    table.insert(settled(asker, workload));
  }

  private void requireModels(Principal asker, Route route) {
    for (String name : route.models().toList()) {
      if (table.find(name).isPresent()) {
        throw new InvalidRequest(
            "%s is a workload; a route leads to models.".formatted(name), "model");
      }
      // A model says here that it is not there; nothing is loaded.
      ModelCard card = models.model(name, Asking.of(asker)).card();
      if (card.name().isEmpty()) {
        throw new NotFound("There is no model %s.".formatted(name));
      }
    }
  }

  private Workload settled(Principal asker, Workload workload) {
    return workload.withQuality(quality.settle(workload.quality(), Asking.of(asker), models));
  }

  /// Changes settings other than the route.
  public Workload change(Principal asker, String name, UnaryOperator<Workload> change) {
    WorkloadTable.requireAdministrator(asker, name);
    return table.change(
        name,
        before -> {
          Workload after = change.apply(before);
          Workload settled =
              after.quality().equals(before.quality()) ? after : settled(asker, after);
          return settled.withRoute(before.route().withFallbacks(after.route().fallbacks()));
        },
        asker.id(),
        asker.name(),
        "Fallbacks changed.",
        "");
  }

  /// Lets switches name only verdicts that are known here; until then, any name is written down.
  public void restOn(Evidence known) {
    evidence = known;
  }

  /// Changes the route, and writes into the history who did it, why, and on which verdict.
  ///
  /// @param stage where the candidate goes
  /// @param to the candidate; empty: the one there is
  /// @param share percent, for a canary
  /// @param reason in the words of who switches
  /// @param verdict the verdict it rests on; empty: none, and the history says so
  /// @throws NotFound where there is no such verdict
  public Workload switchTo(
      Principal asker,
      String name,
      Stage stage,
      Optional<String> to,
      double share,
      String reason,
      String verdict) {
    WorkloadTable.requireAdministrator(asker, name);
    if (reason.length() > 1000 || verdict.length() > 200) {
      throw new InvalidRequest("A reason is at most 1,000 characters.", "reason");
    }
    if (!verdict.isEmpty()) {
      Route wanted =
          table
              .find(name)
              .orElseThrow(() -> WorkloadTable.unknown(name))
              .workload()
              .route()
              .at(stage, to, share);
      evidence.require(name, wanted.candidate().orElse(""), verdict);
    }
    return table.change(
        name,
        before -> {
          Route route = before.route().at(stage, to, share);
          requireModels(asker, route);
          return before.withRoute(route);
        },
        asker.id(),
        asker.name(),
        reason,
        verdict);
  }

  /// The history of a workload's route, the newest first.
  public List<Switched> history(Principal asker, String name) {
    get(asker, name);
    return table.history(name);
  }

  /// What a workload's models did since its route last changed, in this process.
  ///
  /// @param figures for each part that was played
  /// @param recent the newest exchanges; their words only where they are captured
  /// @param dropped shadow requests that were left out, since too many ran already
  /// @param quality what the looks at the candidate's quality came to
  public record Live(
      List<Figures> figures, List<Exchange> recent, long dropped, QualitySeen quality) {}

  /// What a workload's models did lately.
  public Live live(Principal asker, String name) {
    WorkloadTable.requireAdministrator(asker, name);
    long generation = table.find(name).orElseThrow(() -> WorkloadTable.unknown(name)).generation();
    Watching window = watching(name);
    window.begin(generation);
    return new Live(window.figures(), window.recent(), window.dropped(), window.quality());
  }

  /// The captured exchanges of a workload, the newest first.
  public List<Exchange> exchanges(
      Principal asker, String name, Optional<String> before, int limit) {
    get(asker, name);
    capture.flush();
    return exchanges.newest(name, before, limit);
  }

  /// Ends a workload and deletes its exchanges and history.
  public void remove(Principal asker, String name) {
    WorkloadTable.requireAdministrator(asker, name);
    capture.flush();
    table.delete(name);
    watching.remove(name);
  }

  /// Tells who else keeps what is drawn from exchanges when a person's are erased.
  ///
  /// @param eraser takes the person's id
  public void alsoErase(Consumer<String> eraser) {
    erasing.add(eraser);
  }

  /// Deletes everything that a person asked, wherever it was drawn to.
  ///
  /// @return how many exchanges
  public int erase(Principal asker, String principal) {
    WorkloadTable.requireAdministrator(asker, "");
    capture.flush();
    int erased = exchanges.erase(principal);
    watching.values().forEach(window -> window.erase(principal));
    erasing.forEach(one -> one.accept(principal));
    return erased;
  }

  /// Deletes what has been kept for as long as its workload's policy says. To be called now and
  /// then.
  public int expire() {
    int deleted = 0;
    for (Workload workload : table.list()) {
      deleted +=
          exchanges.expire(workload.name(), clock.instant().minus(workload.capture().retention()));
    }
    return deleted;
  }

  /// Waits for the shadows that run.
  public void settle() {
    shadows.settle();
    capture.flush();
  }
}
